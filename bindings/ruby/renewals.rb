# frozen_string_literal: true

require "async"
require_relative "bedrock_token"

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

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
    BedrockToken::Credentials.new(access_key: "AKIAIOSFODNN7EXAMPLE", secret: SECRET, expires_at: expires_at)
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
      arrived = 0
      source = lambda do
        sleep 0.01 while arrived < 8
        sleep 0.05
        inner.call
      end
      call = lambda do |*|
        arrived += 1
        answer(provider)
      end
      threads = Array.new(4) { Thread.new(&call) }
      threads << Thread.new { Async { Array.new(4) { Async(&call) }.map(&:wait) }.wait } # fibers
      threads.flat_map(&:value).uniq
    when "show"
      [provider.inspect, source.call.inspect]
    end
  puts [asked, *answers].join("\t")
end
