# frozen_string_literal: true

require_relative "bedrock_token"

key = "AKIAIOSFODNN7EXAMPLE"
secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

token = BedrockToken.generate(key, secret, nil, "eu-central-1")
puts token, BedrockToken.inspect(token).values_at(:access_key, :region, :expires_at).join(" ")
begin
  BedrockToken.generate(key, "#{secret}\n", nil, "eu-central-1")
rescue BedrockToken::Error => e
  puts "refused: #{e.message}"
end

# In a server: one for all threads. It asks for credentials when it needs them.
provider = BedrockToken::Provider.new("us-west-2", service: :claude_platform) do
  BedrockToken::Credentials.new(access_key: key, secret: secret, expires_at: Time.now + 900)
end
puts provider.token
