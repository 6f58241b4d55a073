//! The crate as Rust programs use it.

use std::cell::Cell;
use std::error::Error as _;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use bedrock_token_core::{
    BearerToken, Credentials, Error, Generator, Info, KeptToken, Provider, ProviderError, Service,
    inspect,
};

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "FAKE/SESSION+TOKEN==";

fn credentials() -> Credentials {
    Credentials::new(ACCESS_KEY, SECRET, None).unwrap()
}

fn generator() -> Generator {
    Generator::new(Service::Bedrock, "eu-central-1").unwrap()
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn generates_and_inspects() {
    let temporary = Credentials::new("ASIAIOSFODNN7EXAMPLE", SECRET, Some(SESSION)).unwrap();
    let temporary = temporary.with_expires_at(at(1_781_600_000));
    assert_eq!(temporary.expires_at(), Some(at(1_781_600_000)));
    let generator = Generator::new(Service::ClaudePlatform, "us-west-2").unwrap();
    let generator = generator.with_expires(Duration::from_secs(900)).unwrap();
    let token = generator.generate(&temporary, at(1_781_524_800)).unwrap();
    let info = inspect(token.as_str()).unwrap();
    assert_eq!(info.service(), generator.service());
    assert_eq!(info.access_key(), temporary.access_key());
    assert_eq!(info.region(), generator.region());
    assert_eq!(info.issued_at(), at(1_781_524_800));
    assert_eq!(info.expires_at(), info.issued_at() + generator.expires());
    assert!(info.has_session());

    // An empty session token is the same as none.
    let empty = Credentials::new(ACCESS_KEY, SECRET, Some("")).unwrap();
    let token = self::generator().generate(&empty, at(0)).unwrap();
    assert!(!inspect(token.as_str()).unwrap().has_session());
    // A time with a fraction is rounded down.
    let later = at(0) + Duration::from_millis(999);
    assert_eq!(self::generator().generate(&empty, later).unwrap().as_str(), token.as_str());
}

#[test]
fn refuses_by_name() {
    let refused =
        |access_key, secret, session| Credentials::new(access_key, secret, session).unwrap_err();
    assert_eq!(refused("", "", Some(" ")), Error::AccessKey);
    assert_eq!(refused("A", "", Some(" ")), Error::Secret);
    assert_eq!(refused("A", "s", Some(" ")), Error::Session);
    assert_eq!(refused("ASIA", "s", None), Error::SessionRequired);
    assert_eq!(Generator::new(Service::Bedrock, "us-east-1a"), Err(Error::Region));
    for (expires, ok) in [
        (Duration::ZERO, false),
        (Duration::from_secs(1), true),
        (Duration::from_millis(1500), false),
        (Generator::EXPIRES_MAX, true),
        (Generator::EXPIRES_MAX + Duration::from_secs(1), false),
        (Duration::from_secs(u64::from(u32::MAX) + 901), false),
        (Duration::MAX, false),
    ] {
        let life = generator().with_expires(expires).map(|generator| generator.expires());
        assert_eq!(life, if ok { Ok(expires) } else { Err(Error::Expires) });
    }
    for time in [at(0) - Duration::from_millis(1), at(253_402_300_800)] {
        assert_eq!(generator().generate(&credentials(), time).unwrap_err(), Error::Time);
    }
    assert_eq!(inspect("no token"), Err(Error::InvalidToken));
}

#[test]
fn names_of_services() {
    for service in Service::ALL {
        assert_eq!(service.to_string().parse(), Ok(*service));
    }
    assert_eq!("claude-platform".parse(), Ok(Service::ClaudePlatform));
    assert_eq!("mantle".parse::<Service>(), Err(Error::Service));
}

#[test]
fn nothing_shows_a_secret() {
    let temporary = Credentials::new(ACCESS_KEY, SECRET, Some(SESSION)).unwrap();
    let provider = Provider::new(generator());
    let kept = provider.get(|| Ok::<_, Error>(temporary.clone())).unwrap();
    let texts = [
        format!("{temporary:?}"),
        format!("{:?}", generator()),
        format!("{provider:?}"),
        format!("{kept:?}"),
        format!("{:?}", kept.token),
        format!("{:?}", inspect(kept.token.as_str()).unwrap()),
    ];
    for text in texts {
        assert!(!text.is_empty());
        for secret in [SECRET, SESSION, &kept.token.as_str()[20..60]] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn types_go_where_programs_need_them() {
    fn thread_safe<T: Send + Sync>() {}
    thread_safe::<(Credentials, Generator, BearerToken, Info)>();
    thread_safe::<(Provider, ProviderError, KeptToken)>();
}

#[test]
fn a_provider_keeps_its_token() {
    let provider = Provider::new(generator());
    let asked = Cell::new(0);
    let get = |credentials: Credentials| {
        provider.get(|| {
            asked.set(asked.get() + 1);
            Ok::<_, Error>(credentials)
        })
    };
    let ends_in =
        |seconds| credentials().with_expires_at(SystemTime::now() + Duration::from_secs(seconds));
    let first = get(credentials()).unwrap();
    let life = first.expires_at.duration_since(SystemTime::now()).unwrap();
    assert!(life > Generator::EXPIRES_MAX - Duration::from_secs(60));

    // Another token was refused, then this one.
    let token = first.token.as_str();
    for another in [&token[1..], &format!("eb{}", &token[2..])] {
        provider.invalidate(Some(another));
    }
    assert_eq!(get(credentials()).unwrap().token.as_str(), first.token.as_str());
    assert_eq!(asked.get(), 1);
    provider.invalidate(Some(first.token.as_str()));
    // It ends with its credentials.
    assert!(get(ends_in(600)).unwrap().expires_at < first.expires_at);
    assert_eq!(asked.get(), 2);

    provider.invalidate(None);
    for (credentials, error) in [
        (ends_in(0), Error::CredentialsExpired),
        // 1970 is an end, too.
        (credentials().with_expires_at(SystemTime::UNIX_EPOCH), Error::CredentialsExpired),
        (ends_in(1 << 40), Error::Time),
    ] {
        assert_eq!(get(credentials).unwrap_err().error(), error);
    }
    assert_eq!(asked.get(), 5);
}

#[test]
fn a_failure_has_its_cause() {
    let provider = Provider::new(generator());
    let failed = provider.get(|| Err(io::Error::other("no connection"))).unwrap_err();
    assert_eq!(failed.error(), Error::NoCredentials);
    assert_eq!(failed.to_string(), "credentials: the source gave no credentials");
    assert_eq!(failed.source().unwrap().to_string(), "no connection");
    assert_eq!(provider.failure().unwrap().error(), Error::NoCredentials);
    provider.get(|| Credentials::new(ACCESS_KEY, SECRET, None)).unwrap();
    assert!(provider.failure().is_none());
}

#[test]
fn a_source_that_comes_back_or_panics() {
    let provider = Provider::new(generator());
    let source = || {
        let inside = provider.get(|| Ok::<_, Error>(credentials()));
        assert_eq!(inside.unwrap_err().error(), Error::Reentrant);
        Ok::<_, Error>(credentials())
    };
    provider.get(source).unwrap();
    provider.invalidate(None);
    let panics = || provider.get(|| -> Result<Credentials, Error> { panic!("deliberate") });
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(provider.failure().unwrap().error(), Error::NoCredentials);
    provider.get(|| Ok::<_, Error>(credentials())).unwrap();
}

#[test]
fn threads_share_a_renewal() {
    let (provider, asked) = (Provider::new(generator()), AtomicUsize::new(0));
    let source = || {
        asked.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(50));
        Ok::<_, Error>(credentials())
    };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| provider.get(source).unwrap());
        }
    });
    assert_eq!(asked.into_inner(), 1);
}
