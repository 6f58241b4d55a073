# frozen_string_literal: true

# What only Ruby has. tests/conformance tests the rest.
require "active_support"
require "active_support/core_ext"
require "async"
require "aws-sdk-core"
require "minitest/autorun"
require_relative "bedrock_token"

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIALS = BedrockToken::Credentials.new(access_key_id: KEY, secret_access_key: SECRET)

def provider(**options, &source) = BedrockToken::Provider.new(region: "eu-central-1", **options, &source)

class TokenTest < Minitest::Test
  def generate(credentials = CREDENTIALS, **options)
    BedrockToken.generate(credentials, region: "eu-central-1", at: 0, **options)
  end

  def assert_status(status, &block)
    assert_equal status, assert_raises(BedrockToken::Error, &block).status
  end

  def test_a_token_cannot_be_changed
    [generate, provider { CREDENTIALS }.token].each do |token|
      assert_raises(FrozenError) { token.prepend("Bearer ") }
      assert_equal Encoding::US_ASCII, token.encoding
    end
  end

  def test_the_module_still_shows_itself
    assert_equal "BedrockToken", BedrockToken.inspect
  end

  def test_strings
    { secret_access_key: 3, session_token: 4 }.each do |name, status|
      [SECRET.encode("UTF-16LE"), SECRET.encode("UTF-16"), SECRET.to_sym, 5].each do |wrong|
        given = { access_key_id: KEY, secret_access_key: SECRET, name => wrong }
        assert_status(status) { generate(BedrockToken::Credentials.new(**given)) }
      end
    end
    assert_status(11) { BedrockToken.inspect_token(5) }
    assert_status(15) { generate(service: "bedrock") }
  end

  def test_numbers
    ["60", nil, -1, (2**32) + 60, 2**80, Float::NAN, Time.now].each do |wrong|
      assert_status(7) { generate(expires: wrong) }
      assert_status(7) { provider(expires: wrong) { CREDENTIALS } }
    end
    assert_equal generate(expires: 3600), generate(expires: 1.hour)
  end

  def test_times
    ["tomorrow", Float::NAN, 2**70, Object.new, -1].each do |wrong|
      assert_status(8) { generate(at: wrong) }
      expiring = BedrockToken::Credentials.new(access_key_id: KEY, secret_access_key: SECRET, expiration: wrong)
      assert_includes [8, 13], assert_raises(BedrockToken::Error) { provider { expiring }.token }.status
    end
    same = ["2026-06-15T12:00:00Z", "2026-06-15T14:00:00+02:00", Time.utc(2026, 6, 15, 12), 1_781_524_800,
            DateTime.new(2026, 6, 15, 12), Time.utc(2026, 6, 15, 12).in_time_zone("Tokyo")]
    assert_equal 1, same.map { |at| generate(at: at) }.uniq.size
  end

  def test_other_copies_of_the_file
    Dir.mktmpdir do |folder|
      copy = "#{folder}/copy.rb"
      FileUtils.cp("#{__dir__}/bedrock_token.rb", copy)
      assert_output("", "") { 2.times { load copy } }
    end
    assert generate
  end
end

class SdkTest < Minitest::Test
  # As a client that AWS generates for a service with bearer tokens.
  CLIENT = Class.new(Seahorse::Client::Base) do
    api = Seahorse::Model::Api.new
    api.metadata = { "signatureVersion" => "bearer" }
    api.add_operation(:converse, Seahorse::Model::Operation.new.tap do |operation|
      operation.http_method = "POST"
      operation.http_request_uri = "/"
      operation.input = Seahorse::Model::Shapes::ShapeRef.new(shape: Seahorse::Model::Shapes::StructureShape.new)
      operation.output = operation.input
    end)
    set_api(api)
    clear_plugins
    preferred = Class.new(Seahorse::Client::Plugin) do # of newer versions of the SDK
      option(:region)
      option(:stub_responses)
      option(:auth_scheme_preference)
      option(:ignore_configured_endpoint_urls)
      handle(:Send, step: :send) do |context|
        Seahorse::Client::Response.new(context: context, data: context.http_request.headers["authorization"])
      end
    end
    [Seahorse::Client::Plugins::Endpoint, preferred,
     Aws::Plugins::BearerAuthorization].each { |plugin| add_plugin(plugin) }
  end

  def call(endpoint, provider)
    CLIENT.new(endpoint: endpoint, **provider.sdk_options).build_request(:converse).send_request.data
  end

  def test_its_hook
    asked = provider { CREDENTIALS }
    assert_equal "Bearer #{asked.token}", call("https://bedrock-runtime.eu-central-1.amazonaws.com", asked)
    assert_raises(ArgumentError) { call("http://bedrock-runtime.eu-central-1.amazonaws.com", asked) }
    failing = provider { raise "no role" }
    error = assert_raises(BedrockToken::Error) { call("https://localhost", failing) }
    assert_match(/no role/, error.message)
    assert asked.sdk_options[:ignore_configured_endpoint_urls]
    assert_raises(ArgumentError) { provider(service: :claude_platform) { CREDENTIALS }.sdk_options }
  end

  def test_its_credentials
    token = provider { CREDENTIALS }.token
    sdk = Aws::Credentials.new(KEY, SECRET)
    now = BedrockToken.inspect_token(token).issued_at
    assert_equal token, BedrockToken.generate(sdk, region: "eu-central-1", at: now)
    assert provider(credentials: sdk).token
    refreshed = Struct.new(:credentials, :expiration)
    assert provider(credentials: refreshed.new(sdk, Time.now + 60)).token
    error = assert_raises(BedrockToken::Error) { provider(credentials: refreshed.new(sdk, Time.now - 1)).token }
    assert_equal 13, error.status
  end

  def test_credentials_that_the_sdk_refreshes_before_each_read
    reads = 0
    now = Time.now.to_i
    sdk = Object.new
    sdk.define_singleton_method(:credentials) { Aws::Credentials.new("AKIA#{reads += 1}", SECRET) }
    sdk.define_singleton_method(:expiration) { now + (1000 * (reads += 1)) }
    token = provider(credentials: sdk).sdk_options[:token_provider].token
    signed_with = BedrockToken.inspect_token(token.token).access_key_id.delete_prefix("AKIA").to_i
    assert_operator token.expiration.to_i, :<=, now + (1000 * signed_with)
  end

  def test_credentials_that_ended_before_the_sdk_refreshes_them
    newer = Struct.new(:expiration) do # in newer versions of the SDK, this does not refresh
      def credentials
        self.expiration = Time.now + 3600
        Aws::Credentials.new(KEY, SECRET)
      end
    end
    assert provider(credentials: newer.new(Time.now - 1)).token
  end
end

class ProviderTest < Minitest::Test
  def setup
    @queue = Queue.new
    @asked = 0
  end

  # Its source waits until @queue has something.
  def waiting(**options)
    provider(**options) do
      @asked += 1
      @queue.pop
      CREDENTIALS
    end
  end

  def test_the_reason_of_a_failure
    failures = []
    broken = provider(on_failure: failures.method(:push)) { raise IOError, "no such role" }
    errors = Array.new(2) { assert_raises(BedrockToken::Error) { broken.token } }
    assert_equal "no such role", errors[0].cause.message
    assert_match(/no such role.*IOError/, errors[0].message)
    assert_includes errors[0].backtrace.join("\n"), __method__.to_s # where it was asked for
    refute_same(*errors)
    assert_equal 2, failures.size
    assert_equal failures[1], broken.failure
  end

  def test_a_wrong_source
    assert_raises(ArgumentError) { provider }
    [{}, 5, "text"].each do |wrong|
      assert_kind_of NoMethodError, assert_raises(BedrockToken::Error) { provider { wrong }.token }.cause
    end
  end

  def test_a_callback_that_fails_or_asks
    _, said = capture_io do
      assert_raises(BedrockToken::Error) { provider(on_failure: ->(_) { raise "broken" }) { nil }.token }
    end
    assert_match(/on_failure.*broken/, said)
    asks = nil
    inside = []
    asks = provider(on_failure: ->(_) { inside << assert_raises(BedrockToken::Error) { asks.token }.status }) { nil }
    2.times { assert_raises(BedrockToken::Error) { asks.token } }
    assert_equal [16, 16], inside
  end

  def test_a_source_that_never_answers
    hung = waiting(timeout: 0.2)
    waiters = Array.new(3) { Thread.new { assert_raises(BedrockToken::Error) { hung.token } } }
    assert_equal ["no answer in 0.2 seconds"], waiters.map { |one| one.value.cause.message }.uniq
    @queue << 1
    assert hung.token
  end

  def test_a_source_that_never_answers_and_callers_who_leave
    hung = waiting(timeout: 0.3)
    20.times do
      hung.failure or assert_raises(Timeout::Error, BedrockToken::Error) { Timeout.timeout(0.1) { hung.token } }
    end
    assert_equal "no answer in 0.3 seconds", hung.failure&.cause&.message
    @queue << 1
    assert hung.token
  end

  def test_a_source_that_never_answers_a_fiber
    Async do |task|
      assert_raises(BedrockToken::Error) { task.with_timeout(5) { waiting(timeout: 0.2).token } }
    end
  end

  def test_a_source_that_ends_its_thread
    first = true
    ended = provider { first ? (first = false; Thread.exit) : CREDENTIALS }
    assert_match(/ended its thread/, assert_raises(BedrockToken::Error) { ended.token }.message)
    assert ended.token
  end

  def test_a_stopped_task_leaves_the_renewal_to_others
    asked = waiting
    Async do |task|
      stopped = task.async { asked.token }
      limited = task.async { |one| assert_raises(Async::TimeoutError) { one.with_timeout(0.05) { asked.token } }.class }
      other = task.async { asked.token }
      stopped.stop
      limited.wait
      @queue << 1
      assert other.wait
    end
    assert_equal 1, @asked
  end

  def test_fibers_without_a_scheduler
    yields = provider { Fiber.yield }
    assert_kind_of FiberError, assert_raises(BedrockToken::Error) { Fiber.new { yields.token }.resume }.cause
    asked = provider { CREDENTIALS }
    assert_equal 1, Array.new(2) { Fiber.new { asked.token } }.map(&:resume).uniq.size
  end

  def test_a_source_that_comes_back_through_another_provider
    inner = outer = nil
    inner = provider { Enumerator.new { |each| each << outer.token }.next && CREDENTIALS }
    outer = provider { inner.token && CREDENTIALS }
    assert_equal 16, assert_raises(BedrockToken::Error) { outer.token }.status
    assert provider { provider { CREDENTIALS }.token && CREDENTIALS }.token
  end

  def test_a_program_that_ends_with_each_thread_that_fails
    Thread.abort_on_exception = true
    assert_raises(BedrockToken::Error) { provider { raise Exception, "all kinds" }.token }
  ensure
    Thread.abort_on_exception = false
  end
end
