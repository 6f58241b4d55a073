# frozen_string_literal: true

# pack.sh builds a gem for each platform from this, in a folder that has its files.
Gem::Specification.new do |gem|
  gem.name = "bedrock_token"
  gem.version = ENV.fetch("VERSION")
  gem.platform = ENV.fetch("PLATFORM")
  gem.summary = "Generates AWS bearer tokens for Amazon Bedrock and Claude Platform on AWS"
  gem.authors = ["the bedrock-token authors"]
  gem.homepage = "https://github.com/bedrock-token/bedrock-token"
  gem.license = "Apache-2.0"
  gem.metadata = {
    "source_code_uri" => gem.homepage, "bug_tracker_uri" => "#{gem.homepage}/issues",
    "changelog_uri" => "#{gem.homepage}/blob/v#{gem.version}/CHANGELOG.md", "rubygems_mfa_required" => "true"
  }
  gem.files = Dir["LICENSE", "NOTICE", "README.md", "lib/*", "sig/*"].sort
  gem.required_ruby_version = ">= 3.0"
  # An older one takes a gem for musl on systems with glibc.
  gem.required_rubygems_version = ">= 3.3.22" if ENV.fetch("PLATFORM").end_with?("musl")
  gem.add_dependency "ffi", "~> 1.15"
end
