using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Cairn.Projects.Demo;

/// <summary>
/// The demo as requests that an SDK could have sent: Mixpanel /import and /engage bodies, JSON arrays of at most
/// <see cref="MaxRecords"/> records.
/// </summary>
/// <remarks>
/// Before sign-up an event has only a device; from then on device and user, so that links are made as they are in life. Insert ids follow from
/// the person and the event's number: filling twice on one day changes nothing.
/// </remarks>
sealed class DemoBodies(int seed, int people, long todayMs, long nowMs)
{
    /// <summary>Records in one body: what Mixpanel's /import takes at once.</summary>
    public const int MaxRecords = 2_000;

    static readonly JsonWriterOptions Fast = new() { SkipValidation = true };

    /// <summary>All bodies, events and profiles of some hundred people after another; a body's memory is valid until the next.</summary>
    public IEnumerable<DemoBody> All()
    {
        var events = new Pages();
        var profiles = new Pages();
        for (var index = 0; index < people; index++)
        {
            var person = DemoJourney.Live(index, seed, todayMs, nowMs);
            for (var i = 0; i < person.Events.Count; i++)
            {
                WriteEvent(events.Next(), person, i);
                if (events.Count == MaxRecords) yield return new(false, events.Take(), MaxRecords, index + 1);
            }
            if (person.SignedUpMs >= nowMs) continue;
            WriteProfile(profiles.Next(), person);
            if (profiles.Count == MaxRecords) yield return new(true, profiles.Take(), MaxRecords, index + 1);
        }
        if (events.Count > 0) { var count = events.Count; yield return new(false, events.Take(), count, people); }
        if (profiles.Count > 0) { var count = profiles.Count; yield return new(true, profiles.Take(), count, people); }
    }

    static void WriteEvent(Utf8JsonWriter json, DemoPerson person, int eventIndex)
    {
        var one = person.Events[eventIndex];
        json.WriteStartObject();
        json.WriteString("event"u8, NameOf(one.Name));
        json.WriteStartObject("properties"u8);
        json.WriteNumber("time"u8, one.AtMs);
        json.WriteString("$insert_id"u8, string.Create(CultureInfo.InvariantCulture, $"demo-{person.Index}-{eventIndex}"));
        json.WriteString("$device_id"u8, string.Create(CultureInfo.InvariantCulture, $"demo-device-{person.Index}"));
        if (one.AtMs >= person.SignedUpMs) json.WriteString("$user_id"u8, UserId(person));
        json.WriteString("$os"u8, person.System);
        json.WriteString("country"u8, person.Country);
        json.WriteString("utm_source"u8, person.Source);
        if (person.Campaign.Length > 0) json.WriteString("utm_campaign"u8, person.Campaign);
        WriteOwn(json, one);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteOwn(Utf8JsonWriter json, DemoEvent one)
    {
        switch (one.Name)
        {
            case DemoEventName.PageViewed: json.WriteString("page"u8, one.Text); break;
            case DemoEventName.Searched: json.WriteString("query"u8, one.Text); break;
            case DemoEventName.SignedUp: json.WriteString("method"u8, one.Text); break;
            case DemoEventName.OnboardingStep: json.WriteNumber("step"u8, one.Number); break;
            case DemoEventName.TripPlanned: json.WriteString("trail"u8, one.Text); json.WriteNumber("days"u8, one.Number); break;
            case DemoEventName.TripShared: json.WriteString("channel"u8, one.Text); break;
            case DemoEventName.HikeRecorded: json.WriteString("trail"u8, one.Text); json.WriteNumber("kilometres"u8, one.Number); break;
            case DemoEventName.ProductViewed or DemoEventName.AddedToCart or DemoEventName.CheckoutStarted:
                json.WriteString("item"u8, one.Text); json.WriteNumber("price"u8, one.Number); break;
            case DemoEventName.Purchased: json.WriteString("item"u8, one.Text); json.WriteNumber("revenue"u8, one.Number); break;
            case DemoEventName.SubscriptionStarted: json.WriteString("plan"u8, one.Text); json.WriteNumber("monthly_price"u8, one.Number); break;
            case DemoEventName.SubscriptionCancelled: json.WriteString("plan"u8, one.Text); break;
            case DemoEventName.OnboardingCompleted or DemoEventName.AppOpened: break;
        }
    }

    static void WriteProfile(Utf8JsonWriter json, DemoPerson person)
    {
        json.WriteStartObject();
        json.WriteString("$distinct_id"u8, UserId(person));
        json.WriteStartObject("$set"u8);
        json.WriteString("$email"u8, string.Create(CultureInfo.InvariantCulture, $"hiker{person.Index}@example.com"));
        json.WriteString("country"u8, person.Country);
        json.WriteString("plan"u8, person.Plan);
        json.WriteString("signed_up"u8, DateTimeOffset.FromUnixTimeMilliseconds(person.SignedUpMs).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteStartObject("$set_once"u8);
        json.WriteString("initial_utm_source"u8, person.Source);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static string UserId(DemoPerson person) => string.Create(CultureInfo.InvariantCulture, $"hiker-{person.Index}");

    static string NameOf(DemoEventName name) => name switch
    {
        DemoEventName.PageViewed => "Page Viewed",
        DemoEventName.Searched => "Searched",
        DemoEventName.SignedUp => "Signed Up",
        DemoEventName.OnboardingStep => "Onboarding Step",
        DemoEventName.OnboardingCompleted => "Onboarding Completed",
        DemoEventName.AppOpened => "App Opened",
        DemoEventName.TripPlanned => "Trip Planned",
        DemoEventName.TripShared => "Trip Shared",
        DemoEventName.HikeRecorded => "Hike Recorded",
        DemoEventName.ProductViewed => "Product Viewed",
        DemoEventName.AddedToCart => "Added to Cart",
        DemoEventName.CheckoutStarted => "Checkout Started",
        DemoEventName.Purchased => "Purchased",
        DemoEventName.SubscriptionStarted => "Subscription Started",
        DemoEventName.SubscriptionCancelled => "Subscription Cancelled",
    };

    /// <summary>A JSON array being written, and emptied when it is full.</summary>
    sealed class Pages
    {
        readonly ArrayBufferWriter<byte> bytes = new(512 * 1024);
        Utf8JsonWriter? json;

        public int Count { get; private set; }

        public Utf8JsonWriter Next()
        {
            if (Count == 0)
            {
                bytes.ResetWrittenCount();
                json ??= new(bytes, Fast);
                json.Reset(bytes);
                json.WriteStartArray();
            }
            Count++;
            return json!;
        }

        public ReadOnlyMemory<byte> Take()
        {
            json!.WriteEndArray();
            json.Flush();
            Count = 0;
            return bytes.WrittenMemory;
        }
    }
}

/// <summary>One request of the demo.</summary>
/// <param name="IsProfiles">An /engage body; otherwise an /import body.</param>
/// <param name="Json">A JSON array.</param>
/// <param name="RecordCount">Records in it.</param>
/// <param name="PeopleDone">How many people are complete with it.</param>
readonly record struct DemoBody(bool IsProfiles, ReadOnlyMemory<byte> Json, int RecordCount, int PeopleDone);
