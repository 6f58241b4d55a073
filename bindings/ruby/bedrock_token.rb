# frozen_string_literal: true

# AWS Bedrock API keys in Ruby, with the gem ffi (Debian: ruby-ffi).
require "ffi"

module BedrockToken
  # Names the argument at fault, never its value.
  class Error < StandardError
    attr_reader :status

    def initialize(status)
      @status = status
      super(Library.bedrock_token_status_message(status))
    end
  end

  module Library
    extend FFI::Library
    ffi_lib "libbedrock_token.so.0"

    class Info < FFI::Struct
      layout :access_key, [:char, 129], :region, [:char, 64],
             :issued_at, :int64, :expires_at, :int64, :has_session, :int32
    end

    attach_function :bedrock_token_generate, %i[string string string string uint32 pointer pointer], :int32
    attach_function :bedrock_token_free, [:pointer], :void # as a :string, its address would be lost
    attach_function :bedrock_token_inspect, [:string, Info.by_ref, :size_t], :int32
    attach_function :bedrock_token_status_message, [:int32], :string
  end

  def self.generate(access_key, secret, session, region, expires = 43_200)
    out = FFI::MemoryPointer.new(:pointer)
    check Library.bedrock_token_generate(access_key, secret, session, region, expires, out, nil)
    out.read_pointer.read_string # a copy
  ensure
    Library.bedrock_token_free(out.read_pointer) # NULL if there is none, which is fine
  end

  def self.inspect(token)
    info = Library::Info.new
    check Library.bedrock_token_inspect(token, info, info.size)
    info.members.to_h { |name| [name, info[name].is_a?(Integer) ? info[name] : info[name].to_s] }
  end

  def self.check(status) = status.zero? || raise(Error, status)
end
