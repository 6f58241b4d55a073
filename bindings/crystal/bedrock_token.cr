# bedrock-token 0.1.0: bearer tokens for Amazon Bedrock and Claude Platform on AWS. Apache-2.0.
# https://github.com/bedrock-token/bedrock-token
# If the program cannot load the library, install bedrock-token, or add the folder of
# libbedrock_token.so.0 to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH).
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

  struct Times
    valid_from : Int64
    renew_at : Int64
    wait_from : Int64
    expires_at : Int64
  end

  fun generate_into = bedrock_token_generate_into(service : Int32, access_key : LibC::Char*, secret : LibC::Char*,
                                                  session : LibC::Char*, region : LibC::Char*, expires : UInt32,
                                                  signing_time : Int64, buf : LibC::Char*, capacity : LibC::SizeT,
                                                  len : LibC::SizeT*) : Int32
  fun inspect = bedrock_token_inspect(token : LibC::Char*, info : Info*, info_size : LibC::SizeT) : Int32
  fun schedule = bedrock_token_schedule(issued_at : Int64, expires : UInt32, credentials_expire_at : Int64,
                                        times : Times*, times_size : LibC::SizeT) : Int32
  fun retry_at = bedrock_token_retry_at(now : Int64, expires_at : Int64) : Int64
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

  # In Unix seconds.
  record Times, valid_from : Int64, renew_at : Int64, wait_from : Int64, expires_at : Int64

  # A token that is valid from now on, or from `at` on. The session token is nil with long-term credentials.
  def self.generate(access_key : String, secret : String, session : String?, region : String, expires : Int = 43200,
                    service = Service::Bedrock, at = Time.utc) : String
    # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    session ||= ""
    room = 1024 + 4 * Math.min(session.bytesize, 65536)
    String.new(room) do |buffer|
      check LibBedrockToken.generate_into(service, text(access_key), text(secret), text(session), text(region),
        life(expires), at.to_unix, buffer, room, out length)
      {length, length}
    end
  end

  def self.inspect(token : String) : Info
    check LibBedrockToken.inspect(text(token), out info, sizeof(LibBedrockToken::Info))
    Info.new(String.new(info.access_key.to_unsafe), String.new(info.region.to_unsafe),
      info.issued_at, info.expires_at, info.has_session != 0, Service.new(info.service))
  end

  # When to use, renew and give up a token that you keep. credentials_expire_at is 0 if the credentials do
  # not end.
  def self.schedule(issued_at : Int64, expires : Int = 43200, credentials_expire_at = 0_i64) : Times
    size = sizeof(LibBedrockToken::Times)
    check LibBedrockToken.schedule(issued_at, life(expires), credentials_expire_at, out times, size)
    Times.new(times.valid_from, times.renew_at, times.wait_from, times.expires_at)
  end

  # When to ask for credentials again, after a renewal failed.
  def self.retry_at(now : Int64, expires_at : Int64) : Int64
    LibBedrockToken.retry_at(now, expires_at)
  end

  # C would end the string at a NUL inside. "\u007f" is refused.
  private def self.text(string : String) : String
    string.includes?('\0') ? "\u007f" : string
  end

  # 0 is refused.
  private def self.life(expires : Int) : UInt32
    0 <= expires <= UInt32::MAX ? expires.to_u32 : 0_u32
  end

  private def self.check(status : Int32) : Nil
    raise Error.new(status) unless status == 0
  end
end
