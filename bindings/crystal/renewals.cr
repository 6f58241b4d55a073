require "./bedrock_token"

class Steps < BedrockToken::Provider
  # The clock stands still.
  class_property time = Time.unix(0)

  protected def now : Time
    @@time
  end

  def answer : String
    BedrockToken.inspect(token).issued_at.to_s
  rescue error : BedrockToken::Error
    "status #{error.status}"
  rescue ArgumentError
    "-" # no Time is after 9999
  rescue raised
    raised.message.to_s
  end
end

class World
  class_property asked = 0
  class_property step = ""
  class_property ends = ""
  class_property inside : String? = nil
  class_property! provider : Steps
end

def credentials : BedrockToken::Credentials?
  World.asked += 1
  World.inside = World.provider.answer if World.step == "reenter"
  sleep 0.05 if World.step == "together"
  case World.ends
  when "raise"   then raise "raised"
  when "nothing" then nil
  else
    ends = World.ends == "0" ? nil : Time.unix(World.ends.to_i64)
    BedrockToken::Credentials.new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", expires_at: ends)
  end
end

STDIN.each_line do |line|
  fields = line.split('\t')
  World.step, World.asked, World.inside = fields[0], 0, nil
  Steps.time = Time.unix(fields[1].to_i64) if fields.size > 1
  World.ends = fields[2]? || ""
  answers = [] of String
  case World.step
  when "new"        then World.provider = Steps.new("eu-central-1") { credentials }
  when "invalidate" then World.provider.invalidate
  when "show"       then answers = [World.provider.inspect, credentials.inspect]
  when "together"
    channel = Channel(String).new
    8.times { spawn { channel.send(World.provider.answer) } }
    8.times { answers |= [channel.receive] }
  else
    answers << World.provider.answer
    World.inside.try { |inside| answers << inside }
  end
  puts ([World.asked.to_s] + answers).join('\t')
end
