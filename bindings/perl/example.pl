use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use BedrockToken;

my ($key, $secret) = ('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');

my $token = BedrockToken::generate($key, $secret, undef, 'eu-central-1');
my $info = BedrockToken::inspect($token);
print "$token\n$info->{access_key} $info->{region} $info->{expires_at}\n";
eval { BedrockToken::generate($key, "$secret\n", undef, 'eu-central-1') };
print 'refused: ', $@->message, "\n";

print BedrockToken::generate($key, $secret, undef, 'us-west-2', service => 'claude-platform'), "\n";
