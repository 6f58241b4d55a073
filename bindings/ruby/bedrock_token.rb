# frozen_string_literal: true

# bedrock-token 0.1.0: bearer tokens for Amazon Bedrock and Claude Platform on AWS. Apache-2.0.
# https://github.com/bedrock-token/bedrock-token
# For Ruby 3.0 and newer, with the gem ffi (Debian: ruby-ffi), and for JRuby.
return if defined?(BedrockToken) # another copy of this file, or this one under another path

require "ffi"
require "time"
require "timeout"

module BedrockToken
  VERSION = "0.1.0"
  SERVICES = { bedrock: 0, claude_platform: 1 }.freeze

  # The message names the argument at fault, never its value. +status+ is the library's.
  class Error < StandardError
    attr_reader :status

    def initialize(status, reason = nil)
      @status = status
      super([Library.bedrock_token_status_message(status), *reason].join(": "))
    end
  end

  # Like Aws::Credentials. +expiration+ is a Time, Unix seconds or an ISO 8601 String; nil if they do not end.
  class Credentials
    attr_reader :access_key_id, :secret_access_key, :session_token, :expiration

    def initialize(access_key_id:, secret_access_key:, session_token: nil, expiration: nil)
      @access_key_id = access_key_id
      @secret_access_key = secret_access_key
      @session_token = session_token
      @expiration = expiration
      freeze
    end

    def inspect = "#<BedrockToken::Credentials>" # without the secrets
    alias to_s inspect
  end

  # What a token says of itself. The times are a Time; +service+ is nil if only a newer library knows it.
  Info = Struct.new(:service, :access_key_id, :region, :issued_at, :expires_at, :has_session, keyword_init: true)

  module Library # :nodoc:
    extend FFI::Library
    FILE = if FFI::Platform.windows? then "bedrock_token.dll"
           elsif FFI::Platform.mac? then "libbedrock_token.0.dylib"
           else "libbedrock_token.so.0"
           end
    begin
      beside = File.join(__dir__, FILE) # as in the gem
      ffi_lib File.exist?(beside) ? beside : FILE
    rescue LoadError => e
      raise unless e.message.match?(/no such file|not (?:be )?found/i)

      raise LoadError, "#{e.message.strip}: install bedrock-token, or add the folder of #{FILE} to " \
                       "LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)"
    end

    class Info < FFI::Struct
      layout :access_key, [:char, 129], :region, [:char, 64], :issued_at, :int64, :expires_at, :int64,
             :has_session, :int32, :service, :int32
    end

    class Times < FFI::Struct
      layout :valid_from, :int64, :renew_at, :int64, :wait_from, :int64, :expires_at, :int64
    end

    attach_function :bedrock_token_generate_into,
                    %i[int32 string string string string uint32 int64 pointer size_t pointer], :int32
    attach_function :bedrock_token_inspect, [:string, Info.by_ref, :size_t], :int32
    attach_function :bedrock_token_retry_at, %i[int64 int64], :int64
    attach_function :bedrock_token_schedule, [:int64, :uint32, :int64, Times.by_ref, :size_t], :int32
    attach_function :bedrock_token_status_message, [:int32], :string

    def self.check(status) = status.zero? || raise(Error, status)

    # C would end the string at a NUL inside, and UTF-16 is full of them. "\x7F" is refused.
    def self.text(string)
      return if string.nil?

      string = String.try_convert(string)
      string&.encoding&.ascii_compatible? && !string.include?("\0") ? string : "\x7F"
    end

    # 0 is refused.
    def self.life(expires)
      expires.respond_to?(:to_int) && (0..0xFFFF_FFFF).cover?(expires) ? expires.to_int : 0
    end

    # Unix seconds of a Time, a DateTime, a number or an ISO 8601 String. -1 is refused.
    def self.seconds(time)
      time = Time.iso8601(time) if time.is_a?(String)
      time = time.to_time if !time.respond_to?(:to_int) && time.respond_to?(:to_time)
      seconds = time.is_a?(Time) ? time.to_i : time.to_int
      seconds.bit_length < 64 ? seconds : -1
    rescue ArgumentError, FloatDomainError, NoMethodError
      -1
    end

    def self.schedule(issued_at, expires, expiration)
      ends = expiration.nil? ? 0 : seconds(expiration).nonzero? || -1 # 0 means that they do not end
      times = Times.new
      check bedrock_token_schedule(issued_at, life(expires), ends, times, times.size)
      times.values
    end
  end
  private_constant :Library

  class << self
    # A token that is valid for +expires+ seconds, from now on or from +at+ on. +credentials+ are
    # Credentials, or those of AWS's SDK.
    def generate(credentials, region:, expires: 43_200, service: :bedrock, at: nil)
      credentials = credentials.credentials if credentials.respond_to?(:credentials)
      raise Error, 12 if credentials.nil?

      key, secret, session = credentials.access_key_id, credentials.secret_access_key, credentials.session_token
      # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
      buffer = FFI::MemoryPointer.new(1024 + (4 * [session.to_s.bytesize, 65_536].min))
      Library.check Library.bedrock_token_generate_into(
        SERVICES.fetch(service, -1), *[key, secret, session, region].map { |string| Library.text(string) },
        Library.life(expires), at.nil? ? Time.now.to_i : Library.seconds(at), buffer, buffer.size, nil
      )
      buffer.read_string.force_encoding(Encoding::US_ASCII).freeze
    ensure
      buffer&.clear
    end

    # The Info of a token.
    def inspect_token(token)
      info = Library::Info.new
      Library.check Library.bedrock_token_inspect(Library.text(token), info, info.size)
      Info.new(service: SERVICES.key(info[:service]), access_key_id: info[:access_key].to_s,
               region: info[:region].to_s, issued_at: Time.at(info[:issued_at]).utc,
               expires_at: Time.at(info[:expires_at]).utc, has_session: info[:has_session] == 1).freeze
    end
  end

  # Keeps a token, and renews it before it or its credentials end. Threads and fibers may share one.
  # In the last minutes one caller waits for the new token, and the others use the kept one; shortly before
  # its end all wait. Callers who wait share the result, and the kept token serves until its end if that is
  # a failure.
  #
  # The source runs in a thread of its own. So a Timeout, a Thread#raise or a fiber that is dropped ends the
  # wait of its caller alone. A source that asks for the token is refused, because it would wait for itself,
  # also in a thread that it started, and except in JRuby in a fiber.
  class Provider
    attr_reader :region

    # The Error of the last renewal, or nil. Its +cause+ is what the source raised.
    attr_reader :failure

    # The block returns Credentials. Or +credentials+ is an object of AWS's SDK that provides them, or
    # responds to +call+. After +timeout+ seconds the source is ended. +on_failure+ is called with an
    # Error when a renewal fails, also while callers still get the kept token.
    def initialize(region:, credentials: nil, expires: 43_200, service: :bedrock, timeout: 60, on_failure: nil, &source)
      @source = source || credentials or raise ArgumentError, "a block or credentials: is needed"
      @options = { region: region.dup.freeze, expires: expires, service: service }.freeze
      @region = @options[:region]
      @timeout = timeout
      @on_failure = on_failure
      @lock = Mutex.new
      BedrockToken.generate(Credentials.new(access_key_id: "A", secret_access_key: "A"), at: 0, **@options) # checks
    end

    def token = current.token

    # Drops the kept token if it is the one that the service refused, or whichever it is without an argument.
    def invalidate(refused = nil)
      @lock.synchronize { @kept = nil if refused.nil? || refused == @kept&.token }
      nil
    end

    # For a client of AWS's SDK: <tt>Aws::BedrockRuntime::Client.new(**provider.sdk_options)</tt>. The SDK
    # sends the token over https to Bedrock in this region, or to the +endpoint+ that the program sets. It
    # ignores an endpoint in the environment or in the profile.
    def sdk_options
      raise ArgumentError, "the clients of AWS's SDK take tokens for :bedrock only" if @options[:service] != :bedrock

      current = method(:current)
      tokens = Class.new do
        include ::Aws::TokenProvider
        define_method(:token) { current.call.then { |kept| ::Aws::Token.new(kept.token, Time.at(kept.expires_at)) } }
      end
      { region: @region, token_provider: tokens.new, auth_scheme_preference: ["httpBearerAuth"],
        ignore_configured_endpoint_urls: true }
    end

    def inspect = "#<BedrockToken::Provider #{@region}>" # without the token
    alias to_s inspect

    Kept = Struct.new(:token, :valid_from, :renew_at, :wait_from, :expires_at) do
      def holds?(now) = now >= valid_from && now < expires_at
    end

    # A thread that callers wait for, and the group of this thread, the source's thread and all threads that the
    # source starts: a thread is in the group of its parent.
    class Renewal < ThreadGroup
      attr_reader :thread, :outer
      attr_accessor :kept, :failure

      def initialize
        super
        @outer = Thread.current.group # perhaps of another provider's renewal
        @thread = Thread.new do
          add(Thread.current)
          yield self
        end
      end

      def ended? = !(kept || failure).nil?

      def around?(group)
        group = group.outer while group.is_a?(Renewal) && !group.equal?(self)
        group.equal?(self)
      end
    end
    private_constant :Kept, :Renewal

    private

    def current
      loop do
        renewal = @lock.synchronize { kept_or_renewal }
        return renewal if renewal.is_a?(Kept)

        renewal.thread.join
        kept = renewal.kept || @lock.synchronize { @kept } # the new one even if it was dropped since
        return kept if kept&.holds?(Time.now.to_i)
        next unless (failure = renewal.failure)

        failure = failure.clone # each caller has its own
        failure.set_backtrace(caller)
        raise failure, cause: renewal.failure.cause
      end
    end

    def kept_or_renewal
      @renewal = nil unless @renewal&.thread&.alive? # a fork ends threads
      raise Error, 16 if @renewal&.around?(Thread.current.group)

      now = Time.now.to_i
      return @kept if @kept&.holds?(now) && now < (@renewal ? @kept.wait_from : @renew_at)

      @renewal ||= Renewal.new { |renewal| renew(renewal) }
    end

    # This limits the source, not the callers: each may leave before its time. And in a fiber of Async, Ruby 3.1
    # joins a thread without a limit.
    def renew(renewal)
      source = Thread.new { ask(renewal) }
      raise Timeout::Error, "no answer in #{@timeout} seconds" unless source.join(@timeout)
      raise ThreadError, "the source ended its thread" unless renewal.ended?
    rescue StandardError => e
      source&.kill
      finish(renewal, nil, failure_of(e))
    end

    def ask(renewal)
      finish(renewal, generate)
    rescue Error => e
      finish(renewal, nil, e)
    rescue Exception => e # rubocop:disable Lint/RescueException -- it must not end the threads that wait
      finish(renewal, nil, failure_of(e))
    end

    def generate
      credentials, expiration = read(@source.respond_to?(:call) ? @source.call : @source)
      now = Time.now.to_i
      times = Library.schedule(now, @options[:expires], expiration)
      Kept.new(BedrockToken.generate(credentials, at: now, **@options), *times).freeze
    end

    # The SDK refreshes its object when a thread reads it, and sets the credentials before their end. So the
    # end is read first: after a refresh between the two reads, the token ends too early, not too late. The
    # credentials are read before that too: in newer versions only this refreshes, and the end may be past.
    def read(given)
      if given.respond_to?(:expiration)
        given.credentials if given.respond_to?(:credentials)
        expiration = given.expiration
      end
      credentials = given.respond_to?(:credentials) ? given.credentials : given
      expiration ||= credentials.expiration if credentials.respond_to?(:expiration)
      [credentials, expiration]
    end

    def failure_of(reason)
      raise Error.new(12, "#{reason.message} (#{reason.class})"), cause: reason
    rescue Error => e
      e
    end

    # For the first one that calls it: the source's thread, or the one that limits it.
    def finish(renewal, kept, failure = nil)
      @lock.synchronize do
        return if renewal.ended?

        renewal.kept = kept
        renewal.failure = @failure = failure
        note(kept)
      end
      @on_failure&.call(failure) if failure # and if that asks for the token, it is refused
    rescue StandardError => e
      warn "bedrock_token: on_failure: #{e.full_message}"
    ensure
      @lock.synchronize { @renewal = nil if @renewal.equal?(renewal) && renewal.ended? }
    end

    def note(kept)
      now = Time.now
      if kept
        @kept = kept
        @renew_at = kept.renew_at
      elsif @kept&.holds?(now.to_i)
        @renew_at = Library.bedrock_token_retry_at(now.to_f.ceil, @kept.expires_at)
      end
    end
  end
end
