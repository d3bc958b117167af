using System.Security.Cryptography;
using System.Text.Json;
using Cairn.Projects.Demo;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.Behaviour.Projects.Demo;

public sealed class The_demo_product(ITestOutputHelper output)
{
    const int Seed = 42, People = 4_000;
    static readonly long Today = new DateTimeOffset(2026, 6, 15, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    static readonly long Now = Today + 15 * 3_600_000;

    static IEnumerable<DemoPerson> Everybody => Enumerable.Range(0, People).Select(index => DemoJourney.Live(index, Seed, Today, Now));

    [Fact]
    public void Has_about_fifty_events_a_person()
    {
        var average = Everybody.Average(person => person.Events.Count);
        output.WriteLine($"{average:F1} events a person");
        Assert.InRange(average, 45, 55);
    }

    [Fact]
    public void Lives_the_same_life_each_time() =>
        Assert.Equal(DemoJourney.Live(7, Seed, Today, Now).Events, DemoJourney.Live(7, Seed, Today, Now).Events);

    /// <summary>The bytes themselves: another machine, another day's build and another runtime make the same history.</summary>
    [Fact]
    public void Is_made_of_the_same_bytes_on_every_machine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var body in new DemoBodies(Seed, 300, Today, Now).All()) hash.AppendData(body.Json.Span);
        Assert.Equal("07e40c862799a6e0f31551ebc8c8902a29e27283776e6bbc6223e577a8e99903", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Later_on_the_same_day_only_adds_to_what_was_there() => Assert.All(Enumerable.Range(0, 2_000), index =>
    {
        var (morning, evening) = (DemoJourney.Live(index, Seed, Today, Today + 9 * 3_600_000).Events, DemoJourney.Live(index, Seed, Today, Today + 23 * 3_600_000).Events);
        Assert.Equal(morning, evening.Take(morning.Count));
    });

    [Fact]
    public void Never_reaches_into_the_future_and_keeps_events_in_order() => Assert.All(Everybody, person =>
    {
        Assert.All(person.Events, one => Assert.True(one.AtMs < Now));
        Assert.Equal(person.Events.OrderBy(one => one.AtMs).Select(one => one.AtMs), person.Events.Select(one => one.AtMs));
    });

    [Fact]
    public void Rewards_finishing_the_onboarding_with_people_who_stay()
    {
        var signedUp = Everybody.Where(person => person.SignedUpMs < Now - 30 * 86_400_000L).ToArray();
        double ShareActiveAfterTwoWeeks(bool onboarded)
        {
            var group = signedUp.Where(person => person.Events.Any(one => one.Name == DemoEventName.OnboardingCompleted) == onboarded).ToArray();
            return group.Count(person => person.Events.Any(one => one.AtMs > person.SignedUpMs + 14 * 86_400_000L)) / (double)group.Length;
        }
        Assert.True(ShareActiveAfterTwoWeeks(true) > 1.2 * ShareActiveAfterTwoWeeks(false));
    }

    [Fact]
    public void Sells_less_with_every_step_to_the_purchase()
    {
        var counts = Everybody.SelectMany(person => person.Events).CountBy(one => one.Name).ToDictionary();
        Assert.True(counts[DemoEventName.ProductViewed] > counts[DemoEventName.AddedToCart]);
        Assert.True(counts[DemoEventName.AddedToCart] > counts[DemoEventName.CheckoutStarted]);
        Assert.True(counts[DemoEventName.CheckoutStarted] > counts[DemoEventName.Purchased]);
    }

    [Fact]
    public void Comes_in_bodies_that_an_SDK_could_have_sent()
    {
        int events = 0, profiles = 0;
        foreach (var body in new DemoBodies(Seed, DemoFill.People, Today, Now).All())
        {
            using var json = JsonDocument.Parse(body.Json);
            Assert.Equal(body.RecordCount, json.RootElement.GetArrayLength());
            if (body.IsProfiles) profiles += body.RecordCount; else events += body.RecordCount;
        }
        output.WriteLine($"{events} events, {profiles} profiles");
        Assert.InRange(events, 900_000, 1_100_000);
        Assert.InRange(profiles, 8_000, 20_000);
    }
}
