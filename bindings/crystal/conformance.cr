require "./bedrock_token"

def answer(&)
  token = yield
  info = BedrockToken.inspect(token)
  life = info.expires_at - info.issued_at
  times = BedrockToken.schedule(1_800_000_000_i64, life, 1_800_000_600_i64)
  puts [0, token, info.service.value, info.access_key, info.region, info.issued_at, info.expires_at,
        info.has_session ? 1 : 0, times.valid_from, times.renew_at, times.wait_from, times.expires_at,
        BedrockToken.retry_at(1_800_000_000_i64, 1_800_000_000_i64 + life)].join('\t')
rescue error : BedrockToken::Error
  puts "#{error.status}\t#{error.message}"
end

STDIN.each_line do |line|
  fields = line.split('\t')
  service = BedrockToken::Service.new(fields[0].to_i)
  key, secret, session, region = fields[1, 4].map { |field| field == "-" ? nil : String.new(field[1..].hexbytes) }
  expires, time = fields[5].to_i64, fields[6].to_i64
  unless key && secret && region
    puts "-", "-" # no String is nil
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
