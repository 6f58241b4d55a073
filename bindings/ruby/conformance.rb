# frozen_string_literal: true

require_relative "bedrock_token"

def answer
  token = yield
  info = BedrockToken.inspect(token)
  puts [0, token, BedrockToken::SERVICES[info[:service]], info[:access_key], info[:region], info[:issued_at],
        info[:expires_at], info[:has_session] ? 1 : 0].join("\t")
rescue BedrockToken::Error => e
  puts "#{e.status}\t#{e.message}"
rescue ArgumentError, RangeError # of the gem ffi, for a NUL inside a string or too large a number
  puts "-"
end

$stdin.each_line(chomp: true) do |line|
  service, *strings, expires, time = line.split("\t")
  arguments = strings.map { |s| s == "-" ? nil : [s[1..]].pack("H*") }
  options = { service: BedrockToken::SERVICES.key(service.to_i), expires: expires.to_i }
  answer { BedrockToken.generate(*arguments, **options, at: time.to_i) }
  answer { BedrockToken.generate(*arguments, **options) }
end
