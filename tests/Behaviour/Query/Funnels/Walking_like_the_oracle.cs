using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Funnels;

/// <summary>The funnel kernel and its naive twin agree on random journeys, in every mode.</summary>
public class Walking_like_the_oracle
{
    static int Journeys => FullRun.Count(40_000, 2_000_000);

    [Fact]
    public void Finds_the_same_attempts_whatever_the_mode()
    {
        for (var seed = 1; seed <= Journeys; seed++) Agree(seed, RandomDefinition(new(seed)));
        FullRun.Keep(this, $"seeds 1 to {Journeys}, a journey of up to 13 rows and a definition each, all attempts and the one chosen as the oracle's");
    }

    [Fact]
    public void Takes_the_short_path_to_the_same_attempt()
    {
        for (var seed = 1; seed <= Journeys; seed++)
        {
            var random = new Random(seed);
            var ties = random.Next(3) == 0 ? StepTies.Stored : StepTies.SameMillisecond;
            var definition = RandomDefinition(random) with { Order = FunnelOrder.This, Exclusions = [], Window = new ConversionWindow.Duration(TimeSpan.FromSeconds(random.Next(1, 12))) };
            definition = definition with { Steps = [.. definition.Steps.Select(step => step with { IsAnchored = false })] };
            var funnels = definition.Switches.Funnels with { Reentry = FunnelReentry.Aggressive, Attempt = FunnelAttempt.Best, Ties = ties, WindowFrom = WindowFrom.FirstStep };
            definition = definition with { Switches = definition.Switches with { Funnels = funnels } };
            Assert.True(new FunnelRules(definition).IsPlain);
            Agree(seed, definition);
        }
        FullRun.Keep(this, $"seeds 1 to {Journeys}, a journey of up to 13 rows each, the attempt chosen as the oracle's");
    }

    static void Agree(int seed, FunnelDefinition definition)
    {
        definition.Check();
        var random = new Random(seed * 31);
        var rows = RandomRows(random, definition);
        var (first, end) = random.Next(3) > 0 ? (0, rows.Count) : Between(random, rows.Count);
        var rules = new FunnelRules(definition);
        var oracle = new FunnelWalkOracle(definition, rows);
        var work = new FunnelWork();
        var journey = new JourneyRows(
            rows.Select(row => row.Ms).ToArray(), rows.Select(row => row.Marks).ToArray(),
            rules.WindowSessions > 0 ? rows.Select(row => row.Session).ToArray() : []);

        work.Forget();
        var found = new List<OracleAttempt>();
        var attempts = new FunnelKernel.Attempts(rules, journey, first, end, work);
        while (attempts.MoveNext()) found.Add(new(attempts.Path.ToArray(), attempts.Current.End));
        Assert.True(Text(oracle.Attempts(first, end)) == Text(found), $"seed {seed}: {Text(oracle.Attempts(first, end))}, found {Text(found)} on\n{Text(rows, definition)}");

        work.Forget();
        var chosen = FunnelKernel.Choose(rules, journey, first, end, work);
        var expected = oracle.Chosen(first, end);
        var actual = chosen.Reached == 0 ? null : new OracleAttempt(work.Chosen.AsSpan(0, chosen.Reached).ToArray(), chosen.End);
        Assert.True(Text([expected]) == Text([actual]), $"seed {seed}: chosen {Text([expected])}, found {Text([actual])} on\n{Text(rows, definition)}");
        if (!rules.IsPlain || first > 0 || end < rows.Count) return;
        var few = FunnelKernel.FurthestOfFew(rules, journey, WithOthers(journey.Marks), work);
        actual = few.Reached == 0 ? null : new OracleAttempt(work.Chosen.AsSpan(0, few.Reached).ToArray(), few.End);
        Assert.True(Text([expected]) == Text([actual]), $"seed {seed}: chosen {Text([expected])}, found {Text([actual])} among few on\n{Text(rows, definition)}");
    }

    [Fact]
    public void Takes_the_same_attempt_by_bits_up_to_as_many_rows_as_have_one()
    {
        for (var seed = 1; seed <= Journeys / 4; seed++)
        {
            var random = new Random(seed);
            var ties = random.Next(2) == 0 ? StepTies.Stored : StepTies.SameMillisecond;
            var definition = RandomDefinition(random) with { Order = FunnelOrder.This, Exclusions = [], Window = new ConversionWindow.Duration(TimeSpan.FromSeconds(random.Next(1, 40))) };
            definition = definition with { Steps = [.. definition.Steps.Select(step => step with { IsAnchored = false })] };
            var funnels = definition.Switches.Funnels with { Reentry = FunnelReentry.Aggressive, Attempt = FunnelAttempt.Best, Ties = ties, WindowFrom = WindowFrom.FirstStep };
            var rules = new FunnelRules(definition with { Switches = definition.Switches with { Funnels = funnels } });
            var (times, marks) = (new long[random.Next(FunnelKernel.MostFew + 1)], new uint[FunnelKernel.MostFew]);
            var mostGap = random.Next(1, 4) * 1000;
            for (var i = 0; i < times.Length; i++)
            {
                times[i] = (i == 0 ? 0 : times[i - 1]) + (random.Next(40) == 0 ? 0 : random.Next(1, mostGap));
                marks[i] = 1u << random.Next(rules.StepCount);
                if ((marks[i] & 1) != 0 && random.Next(4) > 0) marks[i] |= FunnelRules.Entry;
            }
            var journey = new JourneyRows(times, marks.AsSpan(0, times.Length), []);
            var work = new FunnelWork();
            var expected = FunnelKernel.Furthest(rules, journey, 0, times.Length, work);
            var path = work.ChosenRows(expected.Reached).ToArray();
            var actual = FunnelKernel.FurthestOfFew(rules, journey, WithOthers(journey.Marks), work);
            Assert.True(expected == actual && work.ChosenRows(actual.Reached).SequenceEqual(path), $"seed {seed}: {expected} by [{string.Join(' ', path)}], found {actual} by [{string.Join(' ', work.ChosenRows(actual.Reached).ToArray())}]");
        }
    }

    /// <summary>A person's marks and those of the next, which are none of theirs.</summary>
    static uint[] WithOthers(ReadOnlySpan<uint> marks) => [.. marks, .. Enumerable.Repeat(uint.MaxValue, FunnelKernel.MarksPadding)];

    static (int, int) Between(Random random, int count)
    {
        var first = random.Next(count + 1);
        return (first, random.Next(first, count + 1));
    }

    static List<OracleRow> RandomRows(Random random, FunnelDefinition definition)
    {
        var isDense = random.Next(2) == 0;
        // Round times meet the ends of windows and of the grace to the millisecond.
        var roundMs = random.Next(2) == 0 ? 500 : 1;
        var mostBits = random.Next(1, 3);
        var (ms, session) = (random.NextInt64(-3000, 3000), 0);
        var rows = new List<OracleRow>();
        for (var i = random.Next(0, 14); i > 0; i--)
        {
            ms += isDense ? random.Next(3) switch { 0 => 0, 1 => random.Next(1, 600), _ => random.Next(1, 2500) } : random.Next(1, 6000);
            if (random.Next(4) == 0) session++;
            uint marks = 0;
            for (var bit = 0; bit < mostBits; bit++) marks |= 1u << random.Next(definition.Steps.Count);
            if (random.Next(6) == 0) marks = 0;
            for (var exclusion = 0; exclusion < definition.Exclusions.Count; exclusion++)
                if (random.Next(5) == 0) marks |= 1u << (FunnelRules.FirstExclusion + exclusion);
            if (random.Next(8) > 0) marks |= FunnelRules.Entry;
            if (marks is not (0 or FunnelRules.Entry) || definition.Order == FunnelOrder.Exact) rows.Add(new(ms - ms % roundMs, marks, session));
        }
        return rows;
    }

    static FunnelDefinition RandomDefinition(Random random)
    {
        var order = (FunnelOrder)random.Next(3);
        var steps = random.Next(1, 5);
        var isBySession = random.Next(4) == 0;
        var funnels = (random.Next(2) == 0 ? FunnelSwitches.Mixpanel : FunnelSwitches.Amplitude) with
        {
            Reentry = (FunnelReentry)random.Next(4),
            Attempt = (FunnelAttempt)random.Next(2),
            Ties = (StepTies)random.Next(4),
            WindowFrom = isBySession ? WindowFrom.FirstStep : (WindowFrom)random.Next(2),
            AnyOrderWindow = AnyOrderWindow.AsGiven,
        };
        return new()
        {
            Project = new("p", IdentityMode.Simplified, DateTimeZone.Utc),
            Range = new(Instant.FromUnixTimeSeconds(0), Instant.FromUnixTimeSeconds(60)),
            Now = Instant.FromUnixTimeSeconds(100),
            Steps = [.. Enumerable.Range(0, steps).Select(step => new FunnelStep([EventSelection.Named($"{step}")], null, order == FunnelOrder.Any && random.Next(3) == 0))],
            Order = order,
            Window = isBySession ? new ConversionWindow.Sessions(random.Next(1, 3)) : new ConversionWindow.Duration(TimeSpan.FromSeconds(random.Next(1, 15))),
            Exclusions = steps == 1 ? [] : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Exclusion(random, steps))],
            Switches = Switches.Mixpanel with { Funnels = funnels },
        };
    }

    static FunnelExclusion Exclusion(Random random, int steps)
    {
        var from = random.Next(1, steps);
        return new([EventSelection.Named("x")], from, random.Next(from + 1, steps + 1));
    }

    static string Text(IEnumerable<OracleAttempt?> attempts) =>
        string.Join(" ", attempts.Select(attempt => attempt is null ? "none" : $"[{string.Join(',', attempt.Path)} {attempt.End}]"));

    static string Text(List<OracleRow> rows, FunnelDefinition definition) => $"{definition}\n{string.Join('\n', rows)}";
}
