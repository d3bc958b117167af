using System.Globalization;
using Cairn.Query.Filters;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Filters;

/// <summary>Numbers come into the ranges, and moments into the days, in which a naive twin finds them.</summary>
public class Cutting_numbers_and_dates
{
    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"];

    [Fact]
    public void Edges_are_found_as_by_going_through_them()
    {
        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            double[] edges = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Math.Round(random.NextDouble() * 20, 1)).Distinct().Order()];
            var number = random.Next(2) == 0 ? edges[random.Next(edges.Length)] : Math.Round((random.NextDouble() * 24) - 2, 1);
            var at = edges.Count(edge => edge <= number);
            var expected = at == 0 ? $"< {ValueText.Number(edges[0])}" : at == edges.Length ? $">= {ValueText.Number(edges[^1])}" : $"[{ValueText.Number(edges[at - 1])}, {ValueText.Number(edges[at])})";
            Assert.Equal(expected, new NumberCut.Edges(edges).Of(Value.Of(number)).Text);
        }
    }

    [Theory]
    [InlineData(7.0, 10.0, 0.0, "[0, 10)")]
    [InlineData(10.0, 10.0, 0.0, "[10, 20)")]
    [InlineData(-0.5, 10.0, 0.0, "[-10, 0)")]
    [InlineData(4.0, 10.0, 5.0, "[-5, 5)")]
    [InlineData(0.35, 0.1, 0.0, "[0.3, 0.4)")]
    [InlineData(1.0, 0.25, 0.0, "[1, 1.25)")]
    [InlineData(5.0, 2.5, 0.0, "[5, 7.5)")]
    public void Ranges_of_one_width_begin_at_its_multiples(double number, double width, double from, string range) =>
        Assert.Equal(range, new NumberCut.Width(width, from).Of(Value.Of(number)).Text);

    [Fact]
    public void A_number_lies_in_the_range_that_it_is_put_into()
    {
        var random = new Random(2);
        for (var round = 0; round < 5_000; round++)
        {
            var (number, width) = (Math.Round((random.NextDouble() * 200) - 100, 3), random.Next(3) switch { 0 => random.Next(1, 30), 1 => random.Next(1, 100) / 10.0, _ => random.Next(1, 100) / 1000.0 });
            var ends = new NumberCut.Width(width).Of(Value.Of(number)).Text.Trim('[', ')').Split(", ").Select(end => double.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(ends[0] <= number && number < ends[1], $"{number} in [{ends[0]}, {ends[1]}) of width {width}");
        }
    }

    [Fact]
    public void Moments_are_told_by_the_clocks_of_the_zone()
    {
        var random = new Random(3);
        for (var round = 0; round < 3_000; round++)
        {
            var (zone, first) = (Zones[random.Next(Zones.Length)], random.Next(2) == 0 ? DayOfWeek.Monday : DayOfWeek.Sunday);
            var at = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + random.Next(60_000_000));
            var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone));
            var week = local.AddDays(-((7 + local.DayOfWeek - first) % 7));
            foreach (var (part, text) in new[]
            {
                (DatePart.Hour, local.ToString("yyyy-MM-ddTHH:00", CultureInfo.InvariantCulture)), (DatePart.Day, local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), (DatePart.Week, week.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                (DatePart.Month, local.ToString("yyyy-MM-01", CultureInfo.InvariantCulture)), (DatePart.HourOfDay, local.ToString("HH:00", CultureInfo.InvariantCulture)), (DatePart.DayOfWeek, local.DayOfWeek.ToString()),
            })
            {
                var cut = new DateCut(part, DateTimeZoneProviders.Tzdb[zone], first == DayOfWeek.Monday ? IsoDayOfWeek.Monday : IsoDayOfWeek.Sunday);
                var value = random.Next(3) switch { 0 => Value.Moment(at.ToUnixTimeMilliseconds()), 1 => Value.Of((double)at.ToUnixTimeSeconds()), _ => Value.Of(at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)) };
                Assert.Equal((zone, part, text), (zone, part, cut.Of(value).Text));
            }
        }
    }

    [Fact]
    public void What_is_none_belongs_nowhere_and_of_a_list_each_element_counts()
    {
        var cut = new NumberCut.Edges([1]);
        Assert.True(cut.Of(Value.Of("5")).IsMissing && cut.Of(Value.Undefined).IsMissing && cut.Of(Value.True).IsMissing);
        Assert.Equal(["< 1", ">= 1", "undefined"], cut.Of(Value.Of([Value.Of(0.0), Value.Of(2.0), Value.Of("x")])).Items.Select(ValueText.Of));
        var day = new DateCut(DatePart.Day, DateTimeZoneProviders.Tzdb["America/New_York"], IsoDayOfWeek.Monday);
        Assert.Equal(("2025-06-01", "2025-05-31"), (day.Of(Value.Of("2025-06-01")).Text, day.Of(Value.Of("2025-06-01T00:00:00Z")).Text));
        Assert.True(day.Of(Value.Of("yesterday")).IsMissing && day.Of(Value.Of(1e300)).IsMissing);
    }
}
