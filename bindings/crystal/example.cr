require "./bedrock_token"

key, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

token = BedrockToken.generate(key, secret, nil, "eu-central-1")
info = BedrockToken.inspect(token)
puts token, "#{info.access_key} #{info.region} #{info.expires_at}"
begin
  BedrockToken.generate(key, "#{secret}\n", nil, "eu-central-1")
rescue error : BedrockToken::Error
  puts "refused: #{error.message}"
end

puts BedrockToken.generate(key, secret, nil, "us-west-2", service: BedrockToken::Service::ClaudePlatform)
