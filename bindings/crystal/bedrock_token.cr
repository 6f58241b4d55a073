# Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Crystal. If the program cannot load
# the library, install bedrock-token, or add the folder of libbedrock_token.so.0 to LD_LIBRARY_PATH
# (macOS: DYLD_LIBRARY_PATH).
@[Link("bedrock_token")]
lib LibBedrockToken
  struct Info
    access_key : LibC::Char[129]
    region : LibC::Char[64]
    issued_at : Int64
    expires_at : Int64
    has_session : Int32
    service : Int32
  end

  fun generate_into = bedrock_token_generate_into(service : Int32, access_key : LibC::Char*, secret : LibC::Char*,
                                                  session : LibC::Char*, region : LibC::Char*, expires : UInt32,
                                                  signing_time : Int64, buf : LibC::Char*, capacity : LibC::SizeT,
                                                  len : LibC::SizeT*) : Int32
  fun inspect = bedrock_token_inspect(token : LibC::Char*, info : Info*, info_size : LibC::SizeT) : Int32
  fun renew_at = bedrock_token_renew_at(issued_at : Int64, expires_at : Int64) : Int64
  fun status_message = bedrock_token_status_message(status : Int32) : LibC::Char*
end

module BedrockToken
  enum Service
    Bedrock
    ClaudePlatform
  end

  # Its message names the argument at fault, never its value.
  class Error < Exception
    getter status : Int32

    def initialize(@status)
      super(String.new(LibBedrockToken.status_message(@status)))
    end
  end

  record Info, access_key : String, region : String, issued_at : Int64, expires_at : Int64, has_session : Bool,
    service : Service

  # A token that is valid from now on, or from `at` on. The session token is nil with long-term credentials.
  def self.generate(access_key : String, secret : String, session : String?, region : String, expires = 43200_u32,
                    service = Service::Bedrock, at = Time.utc) : String
    # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    session ||= ""
    room = 1024 + 4 * Math.min(session.bytesize, 65536)
    String.new(room) do |buffer|
      check LibBedrockToken.generate_into(service, text(access_key), text(secret), text(session), text(region), expires,
        at.to_unix, buffer, room, out length)
      {length, length}
    end
  end

  def self.inspect(token : String) : Info
    check LibBedrockToken.inspect(text(token), out info, sizeof(LibBedrockToken::Info))
    Info.new(String.new(info.access_key.to_unsafe), String.new(info.region.to_unsafe),
      info.issued_at, info.expires_at, info.has_session != 0, Service.new(info.service))
  end

  # C would end the string at a NUL inside. "\u007f" is refused.
  private def self.text(string : String) : String
    string.includes?('\0') ? "\u007f" : string
  end

  def self.check(status : Int32) : Nil
    raise Error.new(status) unless status == 0
  end

  # The session token is nil with long-term credentials, expires_at if they do not end.
  record Credentials, access_key : String, secret : String, session : String? = nil, expires_at : Time? = nil do
    def to_s(io : IO) : Nil
      io << "BedrockToken::Credentials(" << access_key << ")" # without the secrets
    end

    def inspect(io : IO) : Nil
      to_s(io)
    end
  end

  # Keeps a token, and renews it before it or its credentials end. Fibers may share one: one renews, and
  # the others use the kept token until shortly before its end, then wait.
  class Provider
    private class Kept
      getter token : String, issued_at : Int64, expires_at : Int64
      property renew_at : Int64

      def initialize(@token, @issued_at, @expires_at)
        @renew_at = LibBedrockToken.renew_at(@issued_at, @expires_at)
      end

      # A token from the future is from a wrong clock: the service accepts five minutes.
      def holds?(now)
        now >= @issued_at - 300 && now < @expires_at
      end

      # In its last 30 seconds, or the last hundredth of a short life, callers wait for a new token.
      def ends_soon?(now)
        now >= @expires_at - Math.min(30_i64, (@expires_at - @issued_at) // 100)
      end
    end

    @kept : Kept?
    @renewing : Fiber?
    @turn = Mutex.new

    # The block returns Credentials, or nil if there are none.
    def initialize(@region : String, @expires = 43200_u32, @service = Service::Bedrock, &@source : -> Credentials?)
    end

    def token : String
      raise Error.new(16) if @renewing == Fiber.current # the block itself asks for the token
      kept, time = @kept, now.to_unix
      if kept && kept.holds?(time) && (time < kept.renew_at || @renewing && !kept.ends_soon?(time))
        return kept.token
      end
      @turn.synchronize do
        @renewing = Fiber.current
        begin
          renew
        ensure
          @renewing = nil
        end
      end
    end

    # For when the service refused the token.
    def invalidate : Nil
      @kept = nil
    end

    def inspect(io : IO) : Nil
      io << "#<BedrockToken::Provider " << @region << ">" # without the token
    end

    private def renew : String
      kept, time = @kept, now.to_unix
      return kept.token if kept && kept.holds?(time) && time < kept.renew_at
      begin
        (@kept = generate).token
      rescue failure
        time = now.to_unix
        raise failure unless kept && kept == @kept && kept.holds?(time)
        kept.renew_at = time + Math.max(1_i64, (kept.expires_at - time) // 10)
        kept.token
      end
    end

    private def generate : Kept
      credentials = @source.call || raise Error.new(12)
      time = now
      ends = credentials.expires_at
      raise Error.new(13) if ends && ends <= time
      token = BedrockToken.generate(
        credentials.access_key, credentials.secret, credentials.session, @region, @expires, @service, time)
      limit = time.to_unix + @expires
      Kept.new(token, time.to_unix, ends ? Math.min(ends.to_unix, limit) : limit)
    end

    protected def now : Time
      Time.utc
    end
  end
end
