require "./bedrock_token"

lib LibBedrockToken
  fun generate_into = bedrock_token_generate_into(access_key : LibC::Char*, secret : LibC::Char*, session : LibC::Char*,
                                                  region : LibC::Char*, expires : UInt32, signing_time : Int64,
                                                  buf : LibC::Char*, capacity : LibC::SizeT, len : LibC::SizeT*) : Int32
end

def pointer(string : Bytes?) : LibC::Char*
  string ? string.to_unsafe : Pointer(LibC::Char).null
end

def generate_at(s : Array(Bytes?), expires : UInt32, time : Int64) : String
  key, secret, session, region = s.map { |string| pointer(string) }
  LibBedrockToken.generate_into(key, secret, session, region, expires, time, nil, 0, out length)
  buffer = Bytes.new(length + 1)
  BedrockToken.check LibBedrockToken.generate_into(key, secret, session, region, expires, time, buffer, buffer.size, nil)
  String.new(buffer.to_unsafe)
end

def answer(&)
  token = yield
  return puts "-" unless token
  info = BedrockToken.inspect(token)
  puts [0, token, info.access_key, info.region, info.issued_at, info.expires_at, info.has_session ? 1 : 0].join('\t')
rescue error : BedrockToken::Error
  puts "#{error.status}\t#{error.message}"
end

STDIN.each_line do |line|
  fields = line.split('\t')
  # With the NUL that C wants behind it.
  s = fields[0, 4].map { |field| field == "-" ? nil : (field[1..] + "00").hexbytes }
  expires = fields[4].to_u32
  answer { generate_at(s, expires, fields[5].to_i64) }
  key, secret, session, region = s.map { |bytes| bytes.try { |b| String.new(b[0, b.size - 1]) } }
  answer do
    # No String is nil.
    key && secret && region ? BedrockToken.generate(key, secret, session, region, expires) : nil
  end
end
