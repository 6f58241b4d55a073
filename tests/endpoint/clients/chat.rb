# frozen_string_literal: true

# Ruby, with its own net/http.
require "json"
require "net/http"
require_relative "../../../bindings/ruby/bedrock_token"

token = BedrockToken.generate(ENV["AWS_ACCESS_KEY_ID"], ENV["AWS_SECRET_ACCESS_KEY"],
                              ENV["AWS_SESSION_TOKEN"], ENV["AWS_REGION"])
url = URI("https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions")
response = Net::HTTP.post(
  url,
  { model: ARGV[0], messages: [{ role: "user", content: "Hello" }] }.to_json,
  "Content-Type" => "application/json", "Authorization" => "Bearer #{token}"
)
abort response.body unless response.is_a?(Net::HTTPSuccess)
puts JSON.parse(response.body).dig("choices", 0, "message", "content")
