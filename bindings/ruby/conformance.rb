# frozen_string_literal: true

require_relative "bedrock_token"

module BedrockToken
  Library.attach_function :bedrock_token_generate_into,
                          %i[string string string string uint32 int64 pointer size_t pointer], :int32

  def self.generate_at(*arguments)
    length = FFI::MemoryPointer.new(:size_t)
    Library.bedrock_token_generate_into(*arguments, nil, 0, length)
    out = FFI::MemoryPointer.new(:char, length.read(:size_t) + 1)
    check Library.bedrock_token_generate_into(*arguments, out, out.size, nil)
    out.read_string
  end
end

def answer
  token = yield
  puts [0, token, *BedrockToken.inspect(token).values].join("\t")
rescue BedrockToken::Error => e
  puts "#{e.status}\t#{e.message}"
end

$stdin.each_line(chomp: true) do |line|
  *strings, expires, time = line.split("\t")
  arguments = strings.map { |s| s == "-" ? nil : [s[1..]].pack("H*") } << expires.to_i
  answer { BedrockToken.generate_at(*arguments, time.to_i) }
  answer { BedrockToken.generate(*arguments) }
end
