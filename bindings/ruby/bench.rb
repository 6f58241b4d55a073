# frozen_string_literal: true

# A worker of benches/languages.py: this file's neighbour, the signer of AWS's SDK, and OpenSSL by hand.
KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"
PREFIX = %w[bedrock-api key].join("-") + "-"

def generate
  require_relative "bedrock_token"
  ->(session) { BedrockToken.generate(KEY, SECRET, session, REGION) }
end

def kept
  require_relative "bedrock_token"
  provider = BedrockToken::Provider.new(REGION) { BedrockToken::Credentials.new(access_key: KEY, secret: SECRET) }
  ->(_) { provider.token }
end

def sdk
  require "aws-sigv4"
  lambda do |session|
    signer = Aws::Sigv4::Signer.new(service: "bedrock", region: REGION, access_key_id: KEY, secret_access_key: SECRET,
                                    session_token: session)
    url = signer.presign_url(http_method: "POST", url: "https://bedrock.amazonaws.com/?Action=CallWithBearerToken",
                             expires_in: 43_200, body: "")
    PREFIX + ["#{url.to_s.delete_prefix('https://')}&Version=1"].pack("m0")
  end
end

def by_hand
  require "openssl"
  hmac = ->(key, text) { OpenSSL::HMAC.digest("SHA256", key, text) }
  lambda do |session|
    date = Time.now.utc.strftime("%Y%m%dT%H%M%SZ")
    scope = "#{date[0, 8]}/#{REGION}/bedrock/aws4_request"
    query = "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256" \
            "&X-Amz-Credential=#{KEY}%2F#{scope.gsub('/', '%2F')}&X-Amz-Date=#{date}&X-Amz-Expires=43200"
    if session
      escaped = session.gsub(/[^A-Za-z0-9\-_.~]/) { |c| format("%%%02X", c.ord) }
      query += "&X-Amz-Security-Token=#{escaped}"
    end
    query += "&X-Amz-SignedHeaders=host"
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    request = "POST\n/\n#{query}\nhost:bedrock.amazonaws.com\n\nhost\n#{empty}"
    key = ["AWS4#{SECRET}", *scope.split("/")].reduce(&hmac)
    to_sign = "AWS4-HMAC-SHA256\n#{date}\n#{scope}\n#{OpenSSL::Digest::SHA256.hexdigest(request)}"
    signature = hmac.call(key, to_sign).unpack1("H*")
    PREFIX + ["bedrock.amazonaws.com/?#{query}&X-Amz-Signature=#{signature}&Version=1"].pack("m0")
  end
end

generators = Hash.new { |all, name| all[name] = send(name) }
# An empty line is no session token.
sessions = Hash.new do |all, length|
  all[length] = File.readlines("#{ARGV[0]}/#{length}", chomp: true).map { |line| line unless line.empty? }
end
$stdin.each_line do |line|
  command, name, length, first = line.split
  generate = generators[name]
  texts = sessions[length]
  if command == "token"
    puts generate.call(texts[first.to_i])
  else
    started = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
    first.to_i.times { |i| generate.call(texts[i % texts.size]) }
    puts Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - started
  end
  $stdout.flush
end
