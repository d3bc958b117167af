using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Stickiness;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Stickiness;

/// <summary>Stickiness agrees with a naive twin, which asks for the local date and hour of every event, on random events in zones whose clocks change.</summary>
public class Counting_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(120, 2_000);

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    static readonly (TimeUnit Unit, TimeUnit Of)[] Units = [(TimeUnit.Day, TimeUnit.Hour), (TimeUnit.Week, TimeUnit.Hour), (TimeUnit.Week, TimeUnit.Day), (TimeUnit.Month, TimeUnit.Day)];

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
        var (unit, of) = Units[random.Next(Units.Length)];
        var first = new LocalDate(2025, 3, 20).PlusDays(random.Next(20));
        var definition = new StickinessDefinition
        {
            Project = new("p", IdentityMode.Simplified, zone),
            Range = TimeRange.Days(first, first.PlusDays(random.Next(30)), zone),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = [EventSelection.Named("Play"), EventSelection.Named("View", Cairn.Query.Filters.ExpressionParser.Parse("properties[\"n\"] > 1"))],
            Breakdowns = random.Next(2) == 0 ? [] : [Breakdown.Of(Cairn.Query.Filters.PropertyScope.Event, "n")],
            Unit = unit,
            Of = of,
            Switches = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude,
        };
        var events = RandomEvents(random).ToList();
        var source = new MemoryEvents();
        foreach (var part in events.Chunk(random.Next(1, 60))) source.AddPart(part);

        var answer = await new StickinessReport(new ReportReader(source.Source, new MemoryPeople(), ColumnMemory.For(seed, events.Count)), TimeProvider.System).AnswerAsync(definition, CancellationToken.None);

        foreach (var series in answer.Series.Prepend(answer.Overall))
        {
            var counted = events.Where(row => row.DistinctId is not null && (row.Name == "Play" || row.Name == "View" && NumberOf(row) > 1) && (series.Keys.Count == 0 || series.Keys[0] == $"{NumberOf(row)}"))
                .Select(row => (row.DistinctId, At: Instant.FromDateTimeOffset(row.Time)))
                .Where(row => row.At >= definition.Range.From && row.At < definition.Range.Until)
                .Select(row => (row.DistinctId, Local: row.At.InZone(zone).LocalDateTime))
                .GroupBy(row => (row.DistinctId, Period: PeriodOf(row.Local.Date, definition)))
                .Select(person => (person.Key.Period, Units: person.Select(row => of == TimeUnit.Hour ? row.Local.With(TimeAdjusters.TruncateToHour) : row.Local.Date.AtMidnight()).Distinct().Count()))
                .ToList();
            foreach (var row in series.Rows)
                for (var units = 1; units <= row.Exactly.Count; units++)
                    Assert.True(row.Exactly[units - 1] == counted.Count(person => person.Period == row.Start.Date && person.Units == units), $"seed {seed}: {row.Start}, {units} units, {string.Join(' ', series.Keys)}");
            Assert.True(counted.All(person => series.Rows.Any(row => row.Start.Date == person.Period)), $"seed {seed}: a period is missing");
        }
    }

    static int NumberOf(MemoryEvent row) => row.PropertiesElement.GetProperty("n").GetInt32();

    static LocalDate PeriodOf(LocalDate date, StickinessDefinition definition) => definition.Unit switch
    {
        TimeUnit.Day => date,
        TimeUnit.Week => date.With(DateAdjusters.PreviousOrSame(definition.Switches.FirstDayOfWeek)),
        _ => date.With(DateAdjusters.StartOfMonth),
    };

    static IEnumerable<MemoryEvent> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 3, 18, 0, 0, 0, TimeSpan.Zero);
        for (var i = random.Next(300); i > 0; i--)
            yield return new(
                new[] { "Play", "View", "Other" }[random.Next(3)],
                start.AddMinutes(random.Next(3) == 0 ? random.Next(45 * 24) * 60 : random.Next(45 * 24 * 60)),
                random.Next(20) == 0 ? null : $"u{random.Next(8)}",
                $"{{\"n\":{random.Next(4)}}}");
    }
}
