# For a tap. It installs the library and the command that the release carries, so it needs no Rust.
# Checked: the syntax and the checksums (tests/dist/test_recipes.py). Not checked: `brew install`.
class BedrockToken < Formula
  desc "Generates AWS bearer tokens for Amazon Bedrock and Claude Platform on AWS"
  homepage "https://github.com/bedrock-token/bedrock-token"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/bedrock-token/bedrock-token/releases/download/v@VERSION@/bedrock-token-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@sha256:bedrock-token-@VERSION@-aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "https://github.com/bedrock-token/bedrock-token/releases/download/v@VERSION@/bedrock-token-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@sha256:bedrock-token-@VERSION@-x86_64-apple-darwin.tar.gz@"
    end
  end
  on_linux do
    on_arm do
      url "https://github.com/bedrock-token/bedrock-token/releases/download/v@VERSION@/bedrock-token-@VERSION@-aarch64-unknown-linux-gnu.2.17.tar.gz"
      sha256 "@sha256:bedrock-token-@VERSION@-aarch64-unknown-linux-gnu.2.17.tar.gz@"
    end
    on_intel do
      url "https://github.com/bedrock-token/bedrock-token/releases/download/v@VERSION@/bedrock-token-@VERSION@-x86_64-unknown-linux-gnu.2.17.tar.gz"
      sha256 "@sha256:bedrock-token-@VERSION@-x86_64-unknown-linux-gnu.2.17.tar.gz@"
    end
  end

  def install
    prefix.install Dir["*"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/bedrock-token --version")
    (testpath/"test.c").write <<~C
      #include <bedrock_token.h>
      int main(void) { return bedrock_token_renew_at(0, 43200) == 42900 ? 0 : 1; }
    C
    system ENV.cc, "test.c", "-I#{include}", "-L#{lib}", "-lbedrock_token", "-o", "test"
    system "./test"
  end
end
