using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Retention;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Retention;

/// <summary>The retention kernel and its naive twin agree on random journeys, for every mode, criterion, alignment and unit.</summary>
public class Living_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(2_000, 20_000);

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    [Fact]
    public void Agrees_on_a_person_with_many_rows()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed);
            var definition = RandomDefinition(random) with { Births = (Births)(seed % 2) };
            var at = Instant.FromUtc(2025, 2, 20, 0, 0);
            var steps = Enumerable.Range(0, 6_000)
                .Select(_ => new RetentionOracle.Step(at + Duration.FromMinutes(random.Next(60 * 24 * 60)), random.Next(3) == 0, random.Next(3) > 0, random.Next(9)))
                .OrderBy(step => step.At).ToList();
            Agree(seed, steps, new(definition), new(definition));
        }
    }

    [Fact]
    public void Agrees_on_random_journeys()
    {
        for (var seed = 1; seed <= Seeds; seed++) Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}, five journeys each: births, returns, sums and complete buckets are those of the naive twin");
    }

    static void Agree(int seed)
    {
        var random = new Random(seed);
        var definition = RandomDefinition(random);
        definition.Check();
        var (oracle, rules) = (new RetentionOracle(definition), new RetentionRules(definition));
        Assert.True(oracle.Rows.SequenceEqual(rules.RowStarts.Select(start => start.Date)), $"seed {seed}: rows");
        for (var row = 0; row < rules.RowCount; row++)
            Assert.True(rules.CompleteIn(row) == Enumerable.Range(0, rules.BucketCount).Count(bucket => oracle.IsComplete(oracle.Rows[row], bucket)), $"seed {seed}: complete buckets of {oracle.Rows[row]}");
        for (var person = 0; person < 5; person++) Agree(seed, RandomSteps(random), oracle, rules);
    }

    static void Agree(int seed, List<RetentionOracle.Step> steps, RetentionOracle oracle, RetentionRules rules)
    {
        var times = steps.Select(step => step.At.ToUnixTimeMilliseconds()).ToArray();
        var masks = steps.Select(step => ((step.IsBirth ? RetentionKernel.Birth : 0) | (step.IsReturn ? RetentionKernel.Return : 0))).ToArray();
        var values = steps.Select(step => step.Value).ToArray();
        var births = new int[times.Length];
        var bits = new ulong[rules.WordCount];
        var sums = new double[rules.BucketCount];
        var lives = oracle.Of(steps);

        var count = RetentionKernel.FindBirths(times, masks, rules, births);

        Assert.True(births[..count].SequenceEqual(lives.Select(life => life.Index)), $"seed {seed}: births");
        foreach (var life in lives)
        {
            Assert.True(oracle.Rows[rules.RowOf(times[life.Index])] == life.Row, $"seed {seed}: row of {steps[life.Index].At}");
            RetentionKernel.FindReturns(times, masks, life.Index, rules, bits);
            var counted = Enumerable.Range(0, rules.BucketCount).Select(bucket => (bits[bucket >> 6] >> bucket & 1) != 0);
            Assert.True(counted.SequenceEqual(life.Counts), $"seed {seed}: returns after {steps[life.Index].At}");
            Assert.True(bits.Sum(word => System.Numerics.BitOperations.PopCount(word)) == life.Counts.Count(counts => counts), $"seed {seed}: bits beyond the last bucket");
            RetentionKernel.SumReturns(times, masks, values, life.Index, rules, bits, sums);
            for (var bucket = 0; bucket < sums.Length; bucket++)
                Assert.True(Math.Abs(sums[bucket] - life.Sums[bucket]) < 1e-9, $"seed {seed}: expected a sum of {life.Sums[bucket]} in bucket {bucket}, found {sums[bucket]}");
        }
    }

    /// <summary>Steps around the days on which clocks change; many at full hours and at the same moment, where borders are.</summary>
    static List<RetentionOracle.Step> RandomSteps(Random random)
    {
        var start = Instant.FromUtc(2025, 2, 20, 0, 0);
        var steps = new List<RetentionOracle.Step>();
        for (var count = random.Next(30); count > 0; count--)
        {
            var at = random.Next(3) switch
            {
                0 => start + Duration.FromHours(random.Next(24 * 60)),
                1 => start + Duration.FromMilliseconds(random.NextInt64(60L * 24 * 3_600_000)),
                _ => steps.Count == 0 ? start : steps[^1].At + Duration.FromMilliseconds(random.Next(-1, 2)) + Duration.FromHours(24 * random.Next(3)),
            };
            steps.Add(new(at, random.Next(3) == 0, random.Next(2) == 0, random.Next(3) == 0 ? double.NaN : random.Next(-50, 100) / 4.0));
        }
        return [.. steps.OrderBy(step => step.At)];
    }

    internal static RetentionDefinition RandomDefinition(Random random)
    {
        var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
        var first = new LocalDate(2025, 2, 20).PlusDays(random.Next(20));
        var preset = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude;
        return new()
        {
            Project = new ReportProject("p", IdentityMode.Simplified, zone),
            Range = TimeRange.Days(first, first.PlusDays(random.Next(40)), zone),
            Now = Instant.FromUtc(2025, 3, 1, 0, 0) + Duration.FromHours(random.Next(24 * 90)),
            Birth = [EventSelection.Named("Sign Up")],
            Return = [EventSelection.Every("any")],
            Births = (Births)random.Next(3),
            Criterion = (RetentionCriterion)random.Next(4),
            Alignment = (RetentionAlignment)random.Next(2),
            Unit = new((TimeUnit)((int)TimeUnit.Day + random.Next(3)), random.Next(3) == 0 ? random.Next(2, 4) : 1),
            Buckets = random.Next(3) == 0 ? RandomBrackets(random) : RetentionBucket.Each(random.Next(3) == 0 ? random.Next(60, 70) : random.Next(10)),
            Switches = preset with { Retention = new((RollingFrom)random.Next(2), random.Next(2) == 0, (RetentionAverage)random.Next(2)) },
        };
    }

    static List<RetentionBucket> RandomBrackets(Random random)
    {
        var buckets = new List<RetentionBucket>();
        var at = random.Next(3);
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var until = at + random.Next(1, 5);
            buckets.Add(new(at, until));
            at = until + random.Next(3) / 2;
        }
        return buckets;
    }
}
