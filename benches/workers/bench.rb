# frozen_string_literal: true

# A worker of benches/bench.py: the binding, and the signer of AWS's SDK.
KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"
PREFIX = %w[bedrock-api key].join("-") + "-"

def presign(session)
  signer = Aws::Sigv4::Signer.new(service: "bedrock", region: REGION, access_key_id: KEY, secret_access_key: SECRET,
                                  session_token: session)
  url = signer.presign_url(http_method: "POST", url: "https://bedrock.amazonaws.com/?Action=CallWithBearerToken",
                           expires_in: 43_200, body: "")
  PREFIX + ["#{url.to_s.delete_prefix('https://')}&Version=1"].pack("m0")
end

def credentials(session = nil)
  BedrockToken::Credentials.new(access_key_id: KEY, secret_access_key: SECRET, session_token: session)
end

def operation(name)
  require(name == "sdk" ? "aws-sigv4" : File.join(ENV.fetch("ROOT"), "bindings/ruby/bedrock_token"))
  case name
  when "generate" then ->(session) { BedrockToken.generate(credentials(session), region: REGION) }
  when "sdk" then method(:presign)
  else
    provider = BedrockToken::Provider.new(region: REGION) { credentials }
    ->(_) { provider.token }
  end
end

$stdout.sync = true
puts "ready"
generate = nil
$stdin.each_line do |line|
  name, iterations, sessions = line.split
  generate ||= operation(name)
  given = sessions == "-" ? [nil] : sessions.split(",")
  token = nil
  iterations.to_i.times { |i| token = generate.call(given[i % given.size]) }
  puts token
end
