require "./bedrock_token"

def answer(&)
  token = yield
  info = BedrockToken.inspect(token)
  puts [0, token, info.service.value, info.access_key, info.region, info.issued_at, info.expires_at,
        info.has_session ? 1 : 0].join('\t')
rescue error : BedrockToken::Error
  puts "#{error.status}\t#{error.message}"
end

STDIN.each_line do |line|
  fields = line.split('\t')
  service = BedrockToken::Service.new(fields[0].to_i)
  key, secret, session, region = fields[1, 4].map { |field| field == "-" ? nil : String.new(field[1..].hexbytes) }
  expires, time = fields[5].to_u32?, fields[6].to_i64
  unless key && secret && region && expires
    puts "-", "-" # no String is nil, and no UInt32 is larger
    next
  end
  begin
    at = Time.unix(time)
    answer { BedrockToken.generate(key, secret, session, region, expires, service, at) }
  rescue ArgumentError | OverflowError
    puts "-" # no Time is before the year 1 or after 9999
  end
  answer { BedrockToken.generate(key, secret, session, region, expires, service) }
end
