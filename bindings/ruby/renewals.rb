# frozen_string_literal: true

begin
  require "async"
rescue LoadError
  raise unless RUBY_ENGINE == "jruby" # it needs extensions in C
end
require "pp"
require_relative "bedrock_token"

# The provider's clock stands still.
$now = 0
Time.singleton_class.prepend(Module.new { def now = at($now) })

def said(error)
  error.cause&.message == "raised" ? "raised" : "status #{error.status}"
end

def answer
  BedrockToken.inspect_token(yield).issued_at.to_i
rescue BedrockToken::Error => e
  said(e)
rescue Timeout::Error
  "deadline"
end

def give(ends)
  case ends
  when "raise" then raise "raised"
  when "throw" then raise NotImplementedError, "raised"
  when "nothing" then nil
  else
    BedrockToken::Credentials.new(
      access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      expiration: (ends.to_i unless ends == "0")
    )
  end
end

provider = source = asked = nil
$stdin.each_line(chomp: true) do |line|
  step, now, ends = line.split("\t")
  asked = 0
  $now = now.to_i if ends
  inner = source = lambda do
    asked += 1
    give(ends)
  end
  call = -> { answer { provider.token } }
  answers =
    case step
    when "new"
      begin
        provider = BedrockToken::Provider.new(region: now || "eu-central-1", expires: (ends || 43_200).to_i) { source.call }
        nil
      rescue BedrockToken::Error => e
        said(e)
      end
    when "invalidate" then provider.invalidate # nil
    when "failure" then provider.failure ? said(provider.failure) : "ok"
    when "get" then call.call
    when "reenter", "child"
      inside = nil
      fiber = -> { RUBY_ENGINE == "jruby" ? call.call : Enumerator.new { |each| each << call.call }.next }
      source = lambda do
        inside = step == "child" ? Thread.new(&fiber).value : call.call
        inner.call
      end
      [call.call, inside]
    when "together"
      arrived = Queue.new # JRuby's threads run at once
      source = lambda do
        sleep 0.01 while arrived.size < 8
        sleep ends.match?(/\d/) ? 0.05 : 0.5
        inner.call
      end
      arrive = lambda do |*|
        arrived << true
        call.call
      end
      fibers = defined?(Async) ? 4 : 0
      threads = Array.new(8 - fibers) { Thread.new(&arrive) }
      threads << Thread.new { Async { Array.new(4) { Async(&arrive) }.map(&:wait) }.wait } unless fibers.zero?
      threads.flat_map(&:value).uniq
    when "deadline"
      limited = []
      source = lambda do
        sleep 0.01 until limited.size == 2
        limited.each(&:join)
        inner.call
      end
      limited << Thread.new { answer { Timeout.timeout(0.1) { provider.token } } }
      Thread.pass until limited[0].stop? # it waits for the source
      limited << Thread.new(&call)
      last = Thread.new(&call)
      Thread.pass until limited[1].stop?
      limited[1].raise(Timeout::Error)
      [*limited, last].map(&:value)
    when "refused"
      token = provider.token
      report = lambda do
        provider.invalidate(token)
        call.call
      end
      [*Array.new(16) { Thread.new(&report) }.map(&:value), report.call].uniq
    when "show"
      [provider, source.call].map { |one| "#{one} #{one.pretty_inspect}".gsub(/\s+/, " ") }
    end
  puts [asked, *answers].join("\t")
end
