namespace Cairn.Projects.Demo;

/// <summary>
/// One invented person's life with an invented product, "Summit", where people plan hikes: how they came, whether they finished
/// onboarding, what they do week by week, what they buy, and when they lose interest.
/// </summary>
/// <remarks>
/// The chances below are what makes the reports worth looking at: campaigns differ in quality, onboarding halves churn, weekends are
/// busier than weekdays, sign-ups grow over the 90 days. Everything follows from the seed and the person's number.
/// </remarks>
sealed class DemoJourney
{
    /// <summary>Days of history, the last one being today.</summary>
    public const int Days = 90;

    const long DayMs = 86_400_000, MinuteMs = 60_000;

    static readonly string[] Countries = ["US", "US", "US", "US", "DE", "DE", "GB", "GB", "FR", "CA", "BR", "IN", "JP", "CH", "NL", "ES"];
    static readonly string[] Systems = ["iOS", "iOS", "Android", "Android", "Web", "Web", "Web"];
    static readonly (string Source, string Campaign, double Quality)[] Channels =
    [
        ("direct", "", 1.0), ("google", "brand", 1.25), ("google", "hiking-boots", 0.8), ("newsletter", "spring-trails", 1.5),
        ("instagram", "summit-reels", 0.55), ("tiktok", "summit-shorts", 0.4), ("partner", "alpine-club", 1.7),
    ];

    static readonly string[] Trails = ["Lakeside Loop", "North Ridge", "Old Mill Path", "Glacier View", "Summit Trail", "Forest Round", "Canyon Rim", "Coast Walk"];
    static readonly string[] Gear = ["Boots", "Rain Jacket", "Backpack", "Poles", "Headlamp", "Water Filter", "Map Set"];

    readonly Random random;
    readonly List<DemoEvent> events = [];

    DemoJourney(int personIndex, int seed) => random = new Random(HashCode(seed, personIndex));

    /// <summary>The person's events, by time, all of them before <paramref name="nowMs"/>.</summary>
    /// <param name="personIndex">From 0; the same number always lives the same life.</param>
    /// <param name="todayMs">Midnight, UTC, of the last day, Unix milliseconds.</param>
    public static DemoPerson Live(int personIndex, int seed, long todayMs, long nowMs) =>
        new DemoJourney(personIndex, seed).Live(personIndex, todayMs, nowMs);

    DemoPerson Live(int personIndex, long todayMs, long nowMs)
    {
        var (source, campaign, quality) = Channels[random.Next(Channels.Length)];
        var country = Countries[random.Next(Countries.Length)];
        var system = Systems[random.Next(Systems.Length)];
        // The square root makes later days busier: a product that grows.
        var firstDay = (int)(Math.Sqrt(random.NextDouble()) * Days);
        var startMs = todayMs - (Days - 1 - firstDay) * DayMs + DayTimeMs();

        var atMs = startMs;
        Visit(ref atMs, visits: 1 + random.Next(3));
        var signsUp = random.NextDouble() < 0.45 + 0.2 * quality;
        var signedUpMs = long.MaxValue;
        var plan = "free";
        if (signsUp)
        {
            atMs += Minutes(1, 9);
            signedUpMs = atMs;
            Add(DemoEventName.SignedUp, atMs, text: system == "Web" ? "email" : "apple");
            var onboarded = Onboard(ref atMs, quality);
            // Chance to be there on a given day: high at first, then fading; those who finished onboarding fade more slowly.
            var interest = 0.46 * Math.Min(1.4, quality) * (onboarded ? 1.4 : 0.45);
            var fade = onboarded ? 0.989 : 0.9;
            for (var day = firstDay + 1; day < Days; day++)
            {
                interest *= fade;
                var dayMs = todayMs - (Days - 1 - day) * DayMs;
                var isWeekend = DateTimeOffset.FromUnixTimeMilliseconds(dayMs).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
                if (random.NextDouble() > interest * (isWeekend ? 1.5 : 0.9)) continue;
                atMs = dayMs + DayTimeMs();
                plan = LiveOneDay(ref atMs, quality, plan, isWeekend);
            }
        }
        // Sorted before it is cut, so that an event has the same number however late in the day it is asked for.
        events.Sort((a, b) => a.AtMs.CompareTo(b.AtMs));
        events.RemoveAll(one => one.AtMs >= nowMs);
        return new(personIndex, country, system, source, campaign, plan, signedUpMs, events);
    }

    bool Onboard(ref long atMs, double quality)
    {
        for (var step = 1; step <= 3; step++)
        {
            if (random.NextDouble() > 0.72 + 0.12 * Math.Min(1.5, quality)) return false;
            atMs += Minutes(1, 15);
            Add(DemoEventName.OnboardingStep, atMs, number: step);
        }
        atMs += Minutes(1, 5);
        Add(DemoEventName.OnboardingCompleted, atMs);
        return true;
    }

    string LiveOneDay(ref long atMs, double quality, string plan, bool isWeekend)
    {
        Add(DemoEventName.AppOpened, atMs);
        Visit(ref atMs, visits: 2 + random.Next(5));
        if (random.NextDouble() < 0.35)
        {
            atMs += Minutes(1, 6);
            Add(DemoEventName.TripPlanned, atMs, text: Trails[random.Next(Trails.Length)], number: 1 + random.Next(5));
            if (random.NextDouble() < 0.3) Add(DemoEventName.TripShared, atMs += Minutes(1, 4), text: random.Next(2) == 0 ? "link" : "message");
        }
        if (isWeekend && random.NextDouble() < 0.4)
            Add(DemoEventName.HikeRecorded, atMs += Minutes(60, 300), text: Trails[random.Next(Trails.Length)], number: Math.Round(3 + random.NextDouble() * 20, 1));
        if (random.NextDouble() < 0.22) Shop(ref atMs, quality);
        if (plan == "free" && random.NextDouble() < 0.018 * quality)
        {
            plan = random.NextDouble() < 0.7 ? "plus" : "family";
            Add(DemoEventName.SubscriptionStarted, atMs += Minutes(1, 4), text: plan, number: plan == "plus" ? 4.99 : 8.99);
        }
        else if (plan != "free" && random.NextDouble() < 0.006)
        {
            Add(DemoEventName.SubscriptionCancelled, atMs += Minutes(1, 4), text: plan);
            plan = "free";
        }
        return plan;
    }

    void Shop(ref long atMs, double quality)
    {
        var item = Gear[random.Next(Gear.Length)];
        var price = Math.Round(15 + Math.Pow(random.NextDouble(), 2) * 180, 2);
        Add(DemoEventName.ProductViewed, atMs += Minutes(1, 3), item, price);
        if (random.NextDouble() > 0.5) return;
        Add(DemoEventName.AddedToCart, atMs += Minutes(1, 5), item, price);
        if (random.NextDouble() > 0.45 + 0.1 * quality) return;
        Add(DemoEventName.CheckoutStarted, atMs += Minutes(1, 5), item, price);
        if (random.NextDouble() > 0.7) return;
        Add(DemoEventName.Purchased, atMs += Minutes(1, 5), item, price);
    }

    void Visit(ref long atMs, int visits)
    {
        for (var visit = 0; visit < visits; visit++)
        {
            atMs += Minutes(0, 3);
            if (random.Next(3) == 0) Add(DemoEventName.Searched, atMs, text: Trails[random.Next(Trails.Length)]);
            else Add(DemoEventName.PageViewed, atMs, text: random.Next(2) == 0 ? "/trails" : "/trails/" + random.Next(40));
        }
    }

    void Add(DemoEventName name, long atMs, string text = "", double number = 0) => events.Add(new(name, atMs, text, number));

    /// <summary>Between two numbers of minutes, to the millisecond.</summary>
    long Minutes(int from, int to) => from * MinuteMs + random.NextInt64((to - from) * MinuteMs + 1);

    /// <summary>A time of the day, evenings more often than mornings.</summary>
    long DayTimeMs() => (long)((7 + 15 * Math.Sqrt(random.NextDouble())) * 60 * MinuteMs);

    static int HashCode(int seed, int personIndex) => unchecked(seed * 486187739 + personIndex * 16777619);
}

/// <summary>A person of the demo and what they did.</summary>
/// <param name="Plan">Where they ended up: free, plus or family.</param>
/// <param name="SignedUpMs">When they signed up; <see cref="long.MaxValue"/> for those who only looked.</param>
sealed record DemoPerson(
    int Index, string Country, string System, string Source, string Campaign, string Plan, long SignedUpMs, IReadOnlyList<DemoEvent> Events);

/// <summary>One thing a demo person did; what text and number mean depends on the name.</summary>
readonly record struct DemoEvent(DemoEventName Name, long AtMs, string Text, double Number);

/// <summary>What one can do in the invented product.</summary>
enum DemoEventName
{
    PageViewed, Searched, SignedUp, OnboardingStep, OnboardingCompleted, AppOpened, TripPlanned, TripShared, HikeRecorded,
    ProductViewed, AddedToCart, CheckoutStarted, Purchased, SubscriptionStarted, SubscriptionCancelled,
}
