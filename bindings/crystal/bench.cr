# A worker of benches/languages.py: this file's neighbour, and OpenSSL by hand.
require "base64"
require "openssl"
require "openssl/hmac"
require "uri"
require "./bedrock_token"

KEY    = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"
EMPTY  = sha256("")

def sha256(text)
  OpenSSL::Digest.new("SHA256").update(text).final.hexstring
end

def by_hand(session)
  date = Time.utc.to_s("%Y%m%dT%H%M%SZ")
  scope = {date[0, 8], REGION, "bedrock", "aws4_request"}
  query = "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=#{KEY}%2F#{scope.join("%2F")}" \
          "&X-Amz-Date=#{date}&X-Amz-Expires=43200"
  query += "&X-Amz-Security-Token=#{URI.encode_www_form(session, space_to_plus: false)}" if session
  query += "&X-Amz-SignedHeaders=host"
  request = "POST\n/\n#{query}\nhost:bedrock.amazonaws.com\n\nhost\n#{EMPTY}"
  key = scope.reduce("AWS4#{SECRET}".to_slice) { |key, part| OpenSSL::HMAC.digest(:sha256, key, part) }
  to_sign = "AWS4-HMAC-SHA256\n#{date}\n#{scope.join('/')}\n#{sha256(request)}"
  signature = OpenSSL::HMAC.hexdigest(:sha256, key, to_sign)
  "bedrock-api" + "-key-" +
    Base64.strict_encode("bedrock.amazonaws.com/?#{query}&X-Amz-Signature=#{signature}&Version=1")
end

provider = BedrockToken::Provider.new(REGION) { BedrockToken::Credentials.new(KEY, SECRET) }
operations = {
  "generate" => ->(session : String?) { BedrockToken.generate(KEY, SECRET, session, REGION) },
  "kept"     => ->(session : String?) { provider.token },
  "by_hand"  => ->(session : String?) { by_hand(session) },
}
sessions = Hash(String, Array(String?)).new do |all, length|
  all[length] = File.read_lines("#{ARGV[0]}/#{length}").map &.presence
end
STDIN.each_line do |line|
  command, name, length, first = line.split
  generate = operations[name]
  texts = sessions[length]
  if command == "token"
    puts generate.call(texts[first.to_i])
  else
    took = Time.measure { first.to_i.times { |i| generate.call(texts[i % texts.size]) } }
    puts took.total_nanoseconds.to_i64
  end
  STDOUT.flush
end
