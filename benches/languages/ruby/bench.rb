# frozen_string_literal: true

# A worker of benches/languages.py: the binding, and the signer of AWS's SDK.
require "aws-sigv4"
require_relative "../../../bindings/ruby/bedrock_token"

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

provider = BedrockToken::Provider.new(region: REGION) { credentials }
operations = {
  "generate" => ->(session) { BedrockToken.generate(credentials(session), region: REGION) },
  "kept" => ->(_) { provider.token },
  "sdk" => method(:presign)
}
$stdout.sync = true
$stdin.each_line do |line|
  name, iterations, session = line.split
  session = nil if session == "-"
  token = nil
  iterations.to_i.times { token = operations[name].call(session) }
  puts token
end
