using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.LifetimeValue;
using Cairn.Query.Scanning;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.LifetimeValue;

/// <summary>Lifetime value agrees on random lives with a naive twin, which asks of each person and each age what the page says.</summary>
public class Living_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(150, 4_000);

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"];

    [Fact]
    public async Task Agrees_on_random_lives()
    {
        for (var seed = 1; seed <= Seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}: every number is that of the naive twin");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
        var first = new LocalDate(2025, 3, 20).PlusDays(random.Next(20));
        var bornBy = random.Next(3);
        var definition = new LifetimeValueDefinition
        {
            Project = new("p", IdentityMode.Simplified, zone),
            Range = TimeRange.Days(first, first.PlusDays(random.Next(30)), zone),
            Now = Instant.FromUtc(2025, 4, 1, 0, 0) + Duration.FromHours(random.Next(60 * 24)),
            Birth = bornBy == 1 ? [EventSelection.Named("Open", ExpressionParser.Parse("properties[\"kind\"] == \"a\"")), EventSelection.Named("Refund")] : [EventSelection.Every("any event")],
            BornByPaying = bornBy == 2,
            Events = random.Next(2) == 0 ? [EventSelection.Every("any event")] : [EventSelection.Named("Buy"), EventSelection.Named("Refund")],
            Amounts = [new Expression.Property(new(PropertyScope.Event, "price"))],
            Compared = random.Next(2) == 0 ? [] : [new("all", null), new("a", ExpressionParser.Parse("properties[\"kind\"] == \"a\""))],
            Breakdowns = random.Next(2) == 0 ? [] : [Breakdown.Of(PropertyScope.Event, "kind")],
            Unit = new(new[] { TimeUnit.Day, TimeUnit.Week, TimeUnit.Month }[random.Next(3)]),
            Ages = [.. Enumerable.Range(1, 40).Where(_ => random.Next(8) == 0).DefaultIfEmpty(3)],
            Switches = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude,
        };
        var events = RandomEvents(random).ToList();
        var source = new MemoryEvents();
        foreach (var part in events.Chunk(random.Next(1, 60))) source.AddPart(part.Select(row => row.Event));

        var answer = await new LifetimeValueReport(new ReportReader(source.Source, new MemoryPeople(), ColumnMemory.For(events.Count, events.Count)), TimeProvider.System).AnswerAsync(definition, CancellationToken.None);

        var lives = events.Where(row => row.DistinctId is not null).GroupBy(row => row.DistinctId).Select(person => LifeOf([.. person.OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal)], definition)).OfType<Life>().ToList();
        foreach (var series in answer.Overall.Concat(answer.Series))
        {
            var own = lives.Where(life => (series.ComparedIndex == 0 || life.Kind == "a") && (series.Keys.Count == 0 || series.Keys[0] == life.Kind)).ToList();
            foreach (var row in series.Rows)
            {
                Same(seed, definition, row, own.Where(life => PeriodOf(life.Birth.InZone(zone).Date, definition) == row.Start.Date).ToList());
                // Everybody who could be in the row: until its last moment, or the range's.
                var end = Instant.Min(zone.AtStartOfDay(NextOf(row.Start.Date, definition)).ToInstant(), definition.Range.Until) - Duration.FromMilliseconds(1);
                Assert.Equal(definition.Ages.Count(age => end + Duration.FromDays(age) <= definition.Now), row.Complete);
            }
            Same(seed, definition, series.Together, own);
        }
    }

    static void Same(int seed, LifetimeValueDefinition definition, LifetimeValueRow row, List<Life> lives)
    {
        Assert.True((lives.Count, lives.Count(life => life.Paid.Count > 0), Math.Round(lives.Sum(life => life.All.Sum(one => one.Amount)), 6)) == (row.Size, row.Payers, Math.Round(row.Revenue, 6)), $"seed {seed}: {row}");
        for (var place = 0; place < definition.Ages.Count; place++)
        {
            Instant By(Life life, int at) => at < 0 ? life.Birth : life.Birth + Duration.FromDays(definition.Ages[at]);
            var reached = lives.Where(life => By(life, place) <= definition.Now).ToList();
            var expected = (
                reached.Count,
                Math.Round(reached.Sum(life => life.All.Where(one => one.At < By(life, place)).Sum(one => one.Amount)), 6),
                reached.Count(life => life.Paid.Any(at => at < By(life, place))),
                reached.Count(life => life.Paid.Count > 0 && life.Paid.Min() < By(life, place) && (place == 0 || life.Paid.Min() >= By(life, place - 1))),
                reached.Count(life => life.Paid.Count > 0));
            var age = row.Ages[place];
            Assert.True(expected == (age.Size, Math.Round(age.Revenue, 6), age.Paid, age.NewlyPaid, age.Payers), $"seed {seed}, {row.Start}, {definition.Ages[place]} days: expected {expected}, found {age}");
        }
    }

    /// <summary>What the page says of one person; null where they are not born in the range.</summary>
    static Life? LifeOf(List<Row> events, LifetimeValueDefinition definition)
    {
        double? Amount(Row row) => definition.Events[0].Names is null || row.Name is "Buy" or "Refund" ? row.Price : null;
        bool Pays(Row row) => Amount(row) > 0 || definition.Switches.Payers == Payers.AnyAmount && Amount(row) is not null;
        var birth = definition.BornByPaying ? events.FirstOrDefault(Pays) : definition.Birth[0].Names is null ? events.FirstOrDefault() : events.FirstOrDefault(row => row.Name == "Refund" || row.Name == "Open" && row.Kind == "a");
        if (birth is null || birth.At < definition.Range.From || birth.At >= definition.Range.Until) return null;
        var since = events.Where(row => row.At >= birth.At).ToList();
        return new(birth.At, birth.Kind, [.. since.Where(row => Amount(row) is not null).Select(row => (row.At, Amount(row)!.Value))], [.. since.Where(Pays).Select(row => row.At)]);
    }

    static LocalDate PeriodOf(LocalDate date, LifetimeValueDefinition definition) => definition.Unit.Unit switch
    {
        TimeUnit.Day => date,
        TimeUnit.Week => date.With(DateAdjusters.PreviousOrSame(definition.Switches.FirstDayOfWeek)),
        _ => date.With(DateAdjusters.StartOfMonth),
    };

    static LocalDate NextOf(LocalDate start, LifetimeValueDefinition definition) => definition.Unit.Unit switch
    {
        TimeUnit.Day => start.PlusDays(1),
        TimeUnit.Week => start.PlusWeeks(1),
        _ => start.PlusMonths(1),
    };

    static IEnumerable<Row> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 3, 15, 0, 0, 0, TimeSpan.Zero);
        for (var i = random.Next(200); i > 0; i--)
        {
            var kind = new[] { "a", "b" }[random.Next(2)];
            double? price = random.Next(3) == 0 ? null : random.Next(-8, 40) / 4.0;
            // A minute each, so that no two events of a person are of one moment and the order between them is plain.
            yield return new(
                new[] { "Buy", "Refund", "Open" }[random.Next(3)], start.AddMinutes(random.Next(60 * 24) * 60 + i % 60), random.Next(20) == 0 ? null : $"u{random.Next(15)}",
                price is null ? $"{{\"kind\":\"{kind}\"}}" : $"{{\"kind\":\"{kind}\",\"price\":{ValueText.Number(price.Value)}}}", kind, price);
        }
    }

    sealed record Life(Instant Birth, string Kind, IReadOnlyList<(Instant At, double Amount)> All, IReadOnlyList<Instant> Paid);

    /// <summary>An event, and what the twin knows of it.</summary>
    sealed record Row(string Name, DateTimeOffset Time, string? DistinctId, string Json, string Kind, double? Price)
    {
        public MemoryEvent Event => new(Name, Time, DistinctId, Json);

        public Instant At => Instant.FromDateTimeOffset(Time);
    }
}
