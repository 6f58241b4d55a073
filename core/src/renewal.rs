//! When a kept token is renewed. Times are Unix seconds, except where milliseconds are named.

/// Renewal starts this long before a token ends, ...
const RENEW_BEFORE_END: i64 = 5 * 60;
/// ... and at 90 % of a life so short that this would be more than its last tenth.
const SHORT_LIFE: i64 = 10 * RENEW_BEFORE_END;
/// This long before a long life ends, callers wait for the renewal. Of a short life it is the last
/// hundredth.
const WAIT_BEFORE_END: i64 = 30;

/// When a token with this life is due for renewal. `expires_at` is the sooner of the token's end and
/// the credentials'. A life that is over before it began is due at its end.
pub const fn renew_at(issued_at: i64, expires_at: i64) -> i64 {
    let life = expires_at.saturating_sub(issued_at);
    if life <= 0 {
        expires_at
    } else if life < SHORT_LIFE {
        // Rounded up, so that a life of a second is not due at once.
        issued_at + (9 * life + 9) / 10
    } else {
        expires_at - RENEW_BEFORE_END
    }
}

/// The time from which callers wait for a renewal, and do not take the old token.
pub const fn wait_from(issued_at: i64, expires_at: i64) -> i64 {
    let life = expires_at.saturating_sub(issued_at);
    if life < SHORT_LIFE {
        expires_at.saturating_sub(if life > 0 { life / 100 } else { 0 })
    } else {
        expires_at - WAIT_BEFORE_END
    }
}

/// When to ask for credentials again, in Unix milliseconds, after a renewal failed at `now_millis`:
/// after a tenth of the time left, but not before a second has passed.
pub const fn retry_at_millis(now_millis: i64, expires_at: i64) -> i64 {
    let left = expires_at.saturating_mul(1000).saturating_sub(now_millis);
    let wait = if left > 10_000 { left / 10 } else { 1000 };
    now_millis.saturating_add(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_overflows() {
        let times = [i64::MIN, i64::MIN + 1, -1, 0, 1, 2999, 3000, i64::MAX - 1, i64::MAX];
        for issued_at in times {
            for expires_at in times {
                let renew_at = renew_at(issued_at, expires_at);
                assert!(renew_at <= expires_at);
                assert!(renew_at > issued_at || expires_at <= issued_at);
                assert!(wait_from(issued_at, expires_at) <= expires_at);
                retry_at_millis(issued_at, expires_at);
            }
        }
    }

    #[test]
    fn callers_wait_only_for_a_renewal_that_is_due() {
        for life in 1..10_000 {
            assert!(wait_from(0, life) >= renew_at(0, life), "{life}");
        }
    }
}
