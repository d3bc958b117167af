using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Support;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>A row's slot tells its bucket, or that its time must.</summary>
public class Telling_buckets_by_slots
{
    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia"];

    static int Axes => FullRun.Count(60, 1_000);

    [Fact]
    public void Agrees_with_the_times()
    {
        for (var seed = 1; seed <= Axes; seed++)
        {
            var random = new Random(seed);
            var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
            var project = new ReportProject("p", IdentityMode.Simplified, zone);
            var from = new LocalDate(random.Next(1965, 2030), random.Next(1, 13), random.Next(1, 29));
            var days = random.Next(5) == 0 ? random.Next(1, 2000) : random.Next(1, 60);
            var unit = (TimeUnit)random.Next(days > 7 ? 1 : 0, 6);
            var buckets = Buckets.Cut(project.Days(from, from.PlusDays(Math.Min(days, unit == TimeUnit.Hour ? 400 : days) - 1)), new(unit, random.Next(1, 4)), zone, IsoDayOfWeek.Monday);
            var times = new long[200];
            for (var row = 0; row < times.Length; row++) times[row] = random.NextInt64(buckets.Range.FromMs, buckets.Range.UntilMs);
            times[0] = buckets.Range.FromMs;
            times[1] = buckets.Range.UntilMs - 1;
            // Rows that lie far from the others make slots longer.
            if (random.Next(4) == 0) times[2] -= random.NextInt64(200L * 365 * 86_400_000);
            var slots = TimeSlots.Of(times);
            var table = buckets.BySlot(slots.LengthMs);
            if (table is null)
            {
                Assert.True((buckets.Range.UntilMs - buckets.Range.FromMs) / slots.LengthMs > 100_000, $"seed {seed}");
                continue;
            }
            for (var row = 0; row < times.Length; row++)
            {
                Assert.True((long)Math.Floor(times[row] / (decimal)slots.LengthMs) == slots.First + slots.Numbers[row], $"seed {seed}: {times[row]} is in another slot");
                if (row == 2) continue;
                var bucket = table.BucketOf[slots.Numbers[row] + (int)(slots.First - table.First)];
                Assert.True(bucket == Buckets.SlotTable.Several || bucket == buckets.IndexOf(times[row]), $"seed {seed}: {times[row]} is in another bucket");
            }
        }
        FullRun.Keep(this, $"seeds 1 to {Axes}, 200 times on an axis each, by slot as by time");
    }

    [Fact]
    public void Keeps_the_rows_that_lie_in_a_range()
    {
        for (var seed = 1; seed <= Axes * 10; seed++)
        {
            var random = new Random(seed);
            var (firstMs, lengthMs) = (random.NextInt64(-1_000_000_000, 1_800_000_000_000), random.NextInt64(1, random.Next(2) == 0 ? 4_000_000 : 20_000_000_000));
            var times = new long[random.Next(200)];
            for (var row = 0; row < times.Length; row++) times[row] = firstMs + random.NextInt64(lengthMs);
            // Ends that lie on a time, on a slot's end, anywhere, before and after all.
            long End() => random.Next(5) switch
            {
                0 when times.Length > 0 => times[random.Next(times.Length)],
                1 => (firstMs + random.NextInt64(lengthMs)) / 900_000 * 900_000,
                2 => Instant.MinValue.ToUnixTimeMilliseconds(),
                3 => Instant.MaxValue.ToUnixTimeMilliseconds(),
                _ => firstMs + random.NextInt64(-lengthMs, lengthMs * 2),
            };
            var (one, other) = (End(), End());
            var range = new TimeRange(Instant.FromUnixTimeMilliseconds(Math.Min(one, other)), Instant.FromUnixTimeMilliseconds(Math.Max(one, other)));
            int[] rows = [.. Enumerable.Range(0, times.Length).Where(_ => random.Next(3) > 0)];
            int[] expected = [.. rows.Where(row => times[row] >= range.FromMs && times[row] < range.UntilMs)];

            var count = TimeSlots.Of(times).Keep(range, times, rows, rows.Length);

            Assert.True(expected.AsSpan().SequenceEqual(rows.AsSpan(0, count)), $"seed {seed}: {expected.Length} rows, kept {count}");
        }
    }

    [Fact]
    public void Goes_on_where_the_clock_falls_back_over_midnight()
    {
        // From 0:01 on 7 November to 23:01 on the 6th: both nights have an hour from eleven.
        var zone = DateTimeZoneProviders.Tzdb["America/St_Johns"];
        var project = new ReportProject("p", IdentityMode.Simplified, zone);
        var buckets = Buckets.Cut(project.Days(new(2010, 11, 6), new(2010, 11, 7)), new(TimeUnit.Hour), zone, IsoDayOfWeek.Monday);

        Assert.Equal(48, buckets.Count);
    }

    [Fact]
    public void Knows_the_days_of_zones_that_keep_to_quarters_of_an_hour_without_a_look_at_times()
    {
        var zone = DateTimeZoneProviders.Tzdb["Asia/Kathmandu"];
        var project = new ReportProject("p", IdentityMode.Simplified, zone);
        var buckets = Buckets.Cut(project.Days(new(2026, 1, 1), new(2026, 12, 31)), new(TimeUnit.Day), zone, IsoDayOfWeek.Monday);

        Assert.DoesNotContain(Buckets.SlotTable.Several, buckets.BySlot(15 * 60_000)!.BucketOf);
    }
}
