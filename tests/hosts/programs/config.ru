# frozen_string_literal: true

# For Puma: a provider that is renewing whenever Puma forks.
require "net/http"
require_relative "../../../bindings/ruby/bedrock_token"

preloaded_in = Process.pid
renewing = Queue.new
# Tokens of two seconds, so that the workers renew again and again.
provider = BedrockToken::Provider.new(region: "eu-central-1", expires: 2) do
  if Process.pid == preloaded_in
    renewing << true
    sleep
  end
  BedrockToken::Credentials.new(
    access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  )
end
Thread.new { provider.token }
renewing.pop

service = URI("#{ENV.fetch("SERVICE")}/openai/v1/chat/completions")
body = '{"model": "openai.gpt-oss-120b-1:0", "messages": [{"role": "user", "content": "Hello"}]}'

run(lambda do |_|
  headers = { "Host" => "bedrock-runtime.eu-central-1.amazonaws.com", "Authorization" => "Bearer #{provider.token}" }
  answer = Net::HTTP.post(service, body, headers)
  [200, {}, ["#{Process.pid} #{answer.body}"]]
end)
