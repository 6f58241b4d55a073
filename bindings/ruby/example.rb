# frozen_string_literal: true

require_relative "bedrock_token"

credentials = BedrockToken::Credentials.new(
  access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)
token = BedrockToken.generate(credentials, region: "eu-central-1")
info = BedrockToken.inspect_token(token)
puts token, "#{info.access_key_id} #{info.region} #{info.expires_at.to_i}"
begin
  wrong = BedrockToken::Credentials.new(access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "secret\n")
  BedrockToken.generate(wrong, region: "eu-central-1")
rescue BedrockToken::Error => e
  puts "refused: #{e.message}"
end

# In a server: one for all threads and fibers. It asks for credentials when it needs them.
provider = BedrockToken::Provider.new(region: "us-west-2", service: :claude_platform) { credentials }
puts provider.token
