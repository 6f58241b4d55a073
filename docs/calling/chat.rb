# frozen_string_literal: true

# chat.rb URL MODEL [WORKSPACE]: Ruby, with the gem bedrock_token and its own net/http. With a workspace it
# calls Claude Platform on AWS, without one Amazon Bedrock.
require "json"
require "net/http"
require "bedrock_token"

url, model, workspace = ARGV
service = workspace ? :claude_platform : :bedrock
provider = BedrockToken::Provider.new(region: ENV["AWS_REGION"], service: service) do
  BedrockToken::Credentials.new(
    access_key_id: ENV["AWS_ACCESS_KEY_ID"], secret_access_key: ENV["AWS_SECRET_ACCESS_KEY"],
    session_token: ENV["AWS_SESSION_TOKEN"]
  )
end
headers = { "Content-Type" => "application/json", "Authorization" => "Bearer #{provider.token}" }
headers.merge!("anthropic-workspace-id" => workspace, "anthropic-version" => "2023-06-01") if workspace
response = Net::HTTP.post(
  URI(url),
  { model: model, max_tokens: 1024, messages: [{ role: "user", content: "Hello" }] }.to_json,
  headers
)
abort response.body unless response.is_a?(Net::HTTPSuccess)
puts response.body
