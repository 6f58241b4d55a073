# frozen_string_literal: true

require_relative "bedrock_token"

# The provider's clock stands still.
$now = 0
Time.singleton_class.prepend(Module.new { def now = at($now) })

def answer(provider)
  BedrockToken.inspect(provider.token)[:issued_at]
rescue BedrockToken::Error => e
  "status #{e.status}"
rescue RuntimeError => e
  e.message
end

provider = source = asked = nil
$stdin.each_line(chomp: true) do |line|
  step, now, ends = line.split("\t")
  asked = 0
  $now = now.to_i
  source = lambda do
    asked += 1
    raise "raised" if ends == "raise"

    next if ends == "nothing"

    expires_at = ends.to_i unless ends == "0"
    BedrockToken::Credentials.new(access_key: "AKIAIOSFODNN7EXAMPLE", secret: "s", expires_at: expires_at)
  end
  answers =
    case step
    when "new"
      provider = BedrockToken::Provider.new("eu-central-1") { source.call }
      []
    when "invalidate"
      provider.invalidate
      []
    when "get"
      [answer(provider)]
    when "reenter"
      inside, inner = nil, source
      source = -> { inside = answer(provider); inner.call }
      [answer(provider), inside]
    when "together"
      inner = source
      source = -> { sleep 0.05; inner.call }
      Array.new(8) { Thread.new { answer(provider) } }.map(&:value).uniq
    end
  puts [asked, *answers].join("\t")
end
