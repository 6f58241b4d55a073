# frozen_string_literal: true

# Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Ruby 3.0 and newer, with the gem
# ffi (Debian: ruby-ffi).
require "ffi"

module BedrockToken
  SERVICES = { bedrock: 0, claude_platform: 1 }.freeze
  LAST_SECOND = 253_402_300_799 # of the year 9999

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

    attach_function :bedrock_token_generate_into,
                    %i[int32 string string string string uint32 int64 pointer size_t pointer], :int32
    attach_function :bedrock_token_inspect, [:string, Info.by_ref, :size_t], :int32
    attach_function :bedrock_token_renew_at, %i[int64 int64], :int64
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
    Kept = Struct.new(:token, :issued_at, :expires_at, :renew_at) do
      # A token from the future is from a wrong clock: the service accepts five minutes.
      def holds?(now) = now >= issued_at - 300 && now < expires_at
      # In its last 30 seconds, or the last hundredth of a short life, callers wait for a new token.
      def ends_soon?(now) = now >= expires_at - [30, (expires_at - issued_at) / 100].min
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
      return kept.token if kept&.holds?(now) && (now < kept.renew_at || (@lock.locked? && !kept.ends_soon?(now)))

      @lock.synchronize { renew }
    end

    # For when the service refused the token.
    def invalidate = @kept = nil

    def inspect = "#<BedrockToken::Provider #{@region}>" # without the token

    private

    def renew
      kept = @kept
      now = Time.now.to_i
      return kept.token if kept&.holds?(now) && now < kept.renew_at

      (@kept = generate).token
    rescue StandardError
      now = Time.now.to_i
      raise unless kept&.holds?(now) && kept.equal?(@kept)

      kept.renew_at = now + [(kept.expires_at - now) / 10, 1].max
      kept.token
    end

    def generate
      credentials = @source.call or raise Error, 12 # no credentials
      now = Time.now.to_i
      ends = (credentials.expires_at || LAST_SECOND).to_i
      raise Error, 8 if ends > LAST_SECOND # milliseconds
      raise Error, 13 if ends <= now

      token = BedrockToken.generate(credentials.access_key, credentials.secret, credentials.session, @region,
                                    at: now, **@options)
      ends = [ends, now + @options[:expires]].min
      Kept.new(token, now, ends, Library.bedrock_token_renew_at(now, ends))
    end
  end
end
