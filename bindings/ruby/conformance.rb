# frozen_string_literal: true

require_relative "bedrock_token"

def answer
  token = yield
  info = BedrockToken.inspect_token(token)
  puts [0, token, BedrockToken::SERVICES[info.service], info.access_key_id, info.region, info.issued_at.to_i,
        info.expires_at.to_i, info.has_session ? 1 : 0].join("\t")
rescue BedrockToken::Error => e
  puts "#{e.status}\t#{e.message}"
end

$stdin.each_line(chomp: true) do |line|
  service, *strings, expires, time = line.split("\t")
  key, secret, session, region = strings.map { |s| s == "-" ? nil : [s[1..]].pack("H*") }
  credentials = BedrockToken::Credentials.new(access_key_id: key, secret_access_key: secret, session_token: session)
  options = { region: region, service: BedrockToken::SERVICES.key(service.to_i), expires: expires.to_i }
  answer { BedrockToken.generate(credentials, **options, at: time.to_i) }
  answer { BedrockToken.generate(credentials, **options) }
end
