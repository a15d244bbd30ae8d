use std::time::Duration;

const MILLISECOND: u128 = 1_000_000;
const SECOND: u128 = 1_000_000_000;

/// As Go writes a duration, but with no unit below the millisecond: `µs` is not ASCII, which
/// header values have to be.
pub(super) fn go_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return String::from("0s");
    }
    if nanos < SECOND {
        return decimal(nanos, MILLISECOND, 6) + "ms";
    }
    let (hours, minutes) = (duration.as_secs() / 3_600, duration.as_secs() / 60 % 60);
    let seconds = decimal(nanos % (60 * SECOND), SECOND, 9);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn decimal(nanos: u128, unit: u128, digits: usize) -> String {
    let (whole, fraction) = (nanos / unit, nanos % unit);
    let text = format!("{whole}.{fraction:0digits$}");
    String::from(text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_look_as_go_writes_them() {
        for (nanos, text) in [
            (0, "0s"),
            (200_000, "0.2ms"),
            (26_000_000, "26ms"),
            (6_000_000_000, "6s"),
            (10_332_999_999, "10.332999999s"),
            (60_363_142_857, "1m0.363142857s"),
            (578_016_000_000, "9m38.016s"),
            (3_600_000_000_000, "1h0m0s"),
            (86_400_000_000_000, "24h0m0s"),
        ] {
            assert_eq!(go_duration(Duration::from_nanos(nanos)), text);
        }
    }
}
