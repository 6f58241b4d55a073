# frozen_string_literal: true

# Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Ruby 3.0 and newer, with the gem
# ffi (Debian: ruby-ffi).
require "ffi"

module BedrockToken
  SERVICES = { bedrock: 0, claude_platform: 1 }.freeze

  # Its message names the argument at fault, never its value.
  class Error < StandardError
    attr_reader :status

    def initialize(status)
      @status = status
      super(Library.bedrock_token_status_message(status))
    end
  end

  module Library
    extend FFI::Library
    FILE = if FFI::Platform.windows? then "bedrock_token.dll"
           elsif FFI::Platform.mac? then "libbedrock_token.0.dylib"
           else "libbedrock_token.so.0"
           end
    begin
      ffi_lib [File.join(__dir__, FILE), FILE] # beside this file, as in the gem, or the installed one
    rescue LoadError
      raise LoadError, "cannot load #{FILE}: install bedrock-token, or add the folder of this file to " \
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
  end

  # A token that is valid from now on, or from +at+ on, in Unix seconds. The session token is nil with
  # long-term credentials.
  def self.generate(access_key, secret, session, region, expires: 43_200, service: :bedrock, at: Time.now.to_i)
    # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    buffer = FFI::MemoryPointer.new(1024 + (4 * [session.to_s.bytesize, 65_536].min))
    check Library.bedrock_token_generate_into(SERVICES.fetch(service, -1), access_key, secret, session, region, expires,
                                              at, buffer, buffer.size, nil)
    buffer.read_string
  end

  def self.inspect(token)
    info = Library::Info.new
    check Library.bedrock_token_inspect(token, info, info.size)
    { access_key: info[:access_key].to_s, region: info[:region].to_s, issued_at: info[:issued_at],
      expires_at: info[:expires_at], has_session: info[:has_session] == 1, service: SERVICES.key(info[:service]) }
  end

  def self.check(status) = status.zero? || raise(Error, status)

  # expires_at is a Time or Unix seconds, or nil if the credentials do not end.
  Credentials = Struct.new(:access_key, :secret, :session, :expires_at, keyword_init: true) do
    def inspect = "#<BedrockToken::Credentials #{access_key}>" # without the secrets
    alias_method :to_s, :inspect
  end

  # Keeps a token, and renews it before it or its credentials end. Threads and fibers may share one:
  # one renews, and the others use the kept token until shortly before its end, then wait.
  class Provider
    Kept = Struct.new(:token, :valid_from, :renew_at, :wait_from, :expires_at) do
      def holds?(now) = now >= valid_from && now < expires_at
    end

    # The block returns Credentials.
    def initialize(region, expires: 43_200, service: :bedrock, &source)
      @region = region
      @options = { expires: expires, service: service }
      @source = source
      @lock = Mutex.new
    end

    def token
      raise Error, 16 if @lock.owned? # the block itself asks for the token

      kept = @kept
      now = Time.now.to_i
      return kept.token if kept&.holds?(now) && (now < kept.renew_at || (@lock.locked? && now < kept.wait_from))

      @lock.synchronize { renew }
    end

    # For when the service refused the token: drops the kept one if it is that one, or if none is given.
    def invalidate(refused = nil)
      kept = @kept
      @kept = nil if refused.nil? || (kept && same?(kept.token, refused))
    end

    def inspect = "#<BedrockToken::Provider #{@region}>" # without the token

    private

    def renew
      kept = @kept
      now = Time.now.to_i
      return kept.token if kept&.holds?(now) && now < kept.renew_at

      (@kept = generate).token
    rescue StandardError
      raise unless kept&.holds?(Time.now.to_i) && kept.equal?(@kept)

      kept.renew_at = Library.bedrock_token_retry_at(Time.now.to_f.ceil, kept.expires_at)
      kept.token
    end

    # Compares all bytes in any case.
    def same?(one, other)
      one.bytesize == other.bytesize && one.bytes.zip(other.bytes).reduce(0) { |all, (a, b)| all | (a ^ b) }.zero?
    end

    def generate
      credentials = @source.call or raise Error, 12 # no credentials
      now = Time.now.to_i
      times = Library::Times.new
      BedrockToken.check Library.bedrock_token_schedule(now, @options[:expires], end_of(credentials), times, times.size)
      token = BedrockToken.generate(credentials.access_key, credentials.secret, credentials.session, @region,
                                    at: now, **@options)
      Kept.new(token, *times.values)
    end

    # 0 would mean that they do not end.
    def end_of(credentials)
      ends = credentials.expires_at&.to_i
      ends.nil? ? 0 : ends.nonzero? || -1
    end
  end
end
