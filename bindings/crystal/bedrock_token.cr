# AWS Bedrock API keys in Crystal.
@[Link("bedrock_token")]
lib LibBedrockToken
  struct Info
    access_key : LibC::Char[129]
    region : LibC::Char[64]
    issued_at : Int64
    expires_at : Int64
    has_session : Int32
  end

  fun generate = bedrock_token_generate(access_key : LibC::Char*, secret : LibC::Char*, session : LibC::Char*,
                                        region : LibC::Char*, expires : UInt32, out_buf : LibC::Char**,
                                        len : LibC::SizeT*) : Int32
  fun free = bedrock_token_free(token : LibC::Char*)
  fun inspect = bedrock_token_inspect(token : LibC::Char*, info : Info*, info_size : LibC::SizeT) : Int32
  fun status_message = bedrock_token_status_message(status : Int32) : LibC::Char*
end

module BedrockToken
  # Names the argument at fault, never its value.
  class Error < Exception
    getter status : Int32

    def initialize(@status)
      super(String.new(LibBedrockToken.status_message(@status)))
    end
  end

  record Info, access_key : String, region : String, issued_at : Int64, expires_at : Int64, has_session : Bool

  def self.generate(access_key : String, secret : String, session : String?, region : String, expires = 43200_u32) : String
    check LibBedrockToken.generate(access_key, secret, session || "", region, expires, out token, nil)
    String.new(token).tap { LibBedrockToken.free(token) } # a copy
  end

  def self.inspect(token : String) : Info
    check LibBedrockToken.inspect(token, out info, sizeof(LibBedrockToken::Info))
    Info.new(String.new(info.access_key.to_unsafe), String.new(info.region.to_unsafe),
      info.issued_at, info.expires_at, info.has_session != 0)
  end

  def self.check(status : Int32) : Nil
    raise Error.new(status) unless status == 0
  end
end
