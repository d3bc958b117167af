using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Revenue;
using Cairn.Query.Scanning;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Revenue;

/// <summary>Revenue agrees with a naive twin, which asks every event for its local date, on random events in zones whose clocks change.</summary>
public class Counting_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(150, 4_000);

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        for (var seed = 1; seed <= Seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}: every number is that of the naive twin");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
        var first = new LocalDate(2025, 3, 20).PlusDays(random.Next(20));
        var definition = new RevenueDefinition
        {
            Project = new("p", IdentityMode.Simplified, zone),
            Range = TimeRange.Days(first, first.PlusDays(random.Next(30)), zone),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = random.Next(2) == 0 ? [EventSelection.Every("any event")] : [EventSelection.Named("Buy"), EventSelection.Named("Refund", ExpressionParser.Parse("properties[\"kind\"] != \"b\""))],
            Active = random.Next(2) == 0 ? [EventSelection.Every("any event")] : [EventSelection.Named("Open")],
            Filter = random.Next(3) == 0 ? ExpressionParser.Parse("properties[\"kind\"] == \"a\" or properties[\"kind\"] == \"b\"") : null,
            Breakdowns = random.Next(2) == 0 ? [] : [Breakdown.Of(PropertyScope.Event, "kind")],
            Unit = new(new[] { TimeUnit.Day, TimeUnit.Week, TimeUnit.Month }[random.Next(3)]),
            Switches = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude,
        };
        var events = RandomEvents(random).ToList();
        var source = new MemoryEvents();
        foreach (var part in events.Chunk(random.Next(1, 60))) source.AddPart(part.Select(row => row.Event));

        var answer = await new RevenueReport(new ReportReader(source.Source, new MemoryPeople(), ColumnMemory.For(events.Count, events.Count)), TimeProvider.System).AnswerAsync(definition, CancellationToken.None);

        var missing = definition.Switches.MissingKey;
        var expected = events.Where(row => IsCounted(row, definition)).ToList();
        foreach (var series in answer.Series.Prepend(answer.Overall))
        {
            var own = expected.Where(row => series.Keys.Count == 0 || (row.Kind ?? missing) == series.Keys[0]).ToList();
            foreach (var row in series.Rows) Same(seed, definition, row, own.Where(one => PeriodOf(one.At.InZone(zone).Date, definition) == row.Start.Date).ToList());
            Same(seed, definition, series.Whole, own);
            Assert.True(own.All(one => series.Rows.Any(row => row.Start.Date == PeriodOf(one.At.InZone(zone).Date, definition))), $"seed {seed}: a bucket is missing");
        }
        if (definition.Breakdowns.Count > 0)
            Assert.Equal(expected.Where(row => row.IsActive(definition) || row.Amount(definition) is not null).Select(row => row.Kind ?? missing).Distinct().Order(), answer.Series.Select(series => series.Keys[0]).Order());
    }

    static void Same(int seed, RevenueDefinition definition, RevenueRow row, List<Row> events)
    {
        var paid = events.Where(one => one.Amount(definition) is not null).ToList();
        var people = paid.Where(one => one.DistinctId is not null && (one.Amount(definition) > 0 || definition.Switches.Payers == Payers.AnyAmount)).Select(one => one.DistinctId).Distinct().Count();
        var expected = (
            Math.Round(paid.Sum(one => one.Amount(definition)!.Value), 6), Math.Round(paid.Sum(one => Math.Min(0, one.Amount(definition)!.Value)), 6), paid.Count(one => one.Amount(definition) > 0), people,
            events.Where(one => one.DistinctId is not null && one.IsActive(definition)).Select(one => one.DistinctId).Distinct().Count());
        Assert.True(expected == (Math.Round(row.Revenue, 6), Math.Round(row.Refunds, 6), row.Purchases, row.Payers, row.Active), $"seed {seed}, {row.Start}: expected {expected}, found {row}");
        Assert.Equal(row.Active == 0 ? 0 : row.Revenue / row.Active, row.PerUser);
        Assert.Equal(row.Payers == 0 ? 0 : row.Revenue / row.Payers, row.PerPayer);
    }

    static bool IsCounted(Row row, RevenueDefinition definition) =>
        row.At >= definition.Range.From && row.At < definition.Range.Until && (definition.Filter is null || row.Kind is "a" or "b");

    static LocalDate PeriodOf(LocalDate date, RevenueDefinition definition) => definition.Unit.Unit switch
    {
        TimeUnit.Day => date,
        TimeUnit.Week => date.With(DateAdjusters.PreviousOrSame(definition.Switches.FirstDayOfWeek)),
        _ => date.With(DateAdjusters.StartOfMonth),
    };

    static IEnumerable<Row> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 3, 18, 0, 0, 0, TimeSpan.Zero);
        for (var i = random.Next(300); i > 0; i--)
        {
            var kind = new[] { "a", "b", "c", null }[random.Next(4)];
            // Quarters, so that sums are exact in whatever order.
            double? first = random.Next(3) == 0 ? null : random.Next(-40, 200) / 4.0, second = random.Next(2) == 0 ? null : random.Next(40);
            var members = new[] { kind is null ? null : $"\"kind\":\"{kind}\"", first is null ? null : $"\"$revenue\":{ValueText.Number(first.Value)}", second is null ? null : $"\"$amount\":{ValueText.Number(second.Value)}" };
            yield return new(
                new[] { "Buy", "Refund", "Open" }[random.Next(3)],
                start.AddMinutes(random.Next(45 * 24 * 60)),
                random.Next(20) == 0 ? null : $"u{random.Next(8)}",
                $"{{{string.Join(',', members.Where(member => member is not null))}}}", kind, first ?? second);
        }
    }

    /// <summary>An event, and what the twin knows of it.</summary>
    sealed record Row(string Name, DateTimeOffset Time, string? DistinctId, string Json, string? Kind, double? Carried)
    {
        public MemoryEvent Event => new(Name, Time, DistinctId, Json);

        public Instant At => Instant.FromDateTimeOffset(Time);

        public bool IsActive(RevenueDefinition definition) => definition.Active[0].Names is null || Name == "Open";

        public double? Amount(RevenueDefinition definition) => definition.Events[0].Names is null || Name == "Buy" || Name == "Refund" && Kind != "b" ? Carried : null;
    }
}
