using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's profile query: <c>/engage</c> and <c>/engage/properties</c> of the query API.</summary>
/// <remarks>
/// Source: Mixpanel's query API reference, "Query Profiles". Profiles come in the order of their ids unless a <c>sort_key</c> is given. A
/// client pages by <c>session_id</c> until a page has fewer results than <c>page_size</c>, or none; some compute the pages from <c>total</c>.
/// </remarks>
public sealed class EngageEndpoints(MixpanelDoor door, IPeopleSource source, EngageSessions sessions, TimeProvider clock)
{
    const int DefaultPageSize = 1000, MaxPageSize = 10_000, MaxPage = 1_000_000, DefaultProperties = 2000;

    public Task<IResult> EngageAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var parameters = question.Parameters;
        Refuse(parameters, "behaviors", "filter_by_cohort");
        if (parameters["as_of_timestamp"] is not null && parameters.Whole("as_of_timestamp", 0, int.MaxValue, 0) > clock.GetUtcNow().ToUnixTimeSeconds())
            throw new MixpanelParameterException("as_of_timestamp", "is in the future");
        var page = parameters.Whole("page", 0, MaxPage, 0);
        var pageSize = parameters.Whole("page_size", 1, MaxPageSize, DefaultPageSize);
        var sessionId = parameters["session_id"];
        if (page > 0 && sessionId is null) throw new MixpanelParameterException("session_id", "is required for pages after the first");

        var subjects = sessionId is null ? null : sessions.Find(question.Project.Id, sessionId);
        subjects ??= await FindAsync(question, cancellationToken);
        sessionId ??= sessions.Begin(question.Project.Id, subjects);
        var wanted = parameters.Texts("output_properties")?.ToHashSet(StringComparer.Ordinal);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("page", page);
            json.WriteNumber("page_size", pageSize);
            json.WriteStartArray("results");
            foreach (var subject in subjects.Skip((int)Math.Min((long)page * pageSize, int.MaxValue)).Take(pageSize)) Write(json, subject, wanted);
            json.WriteEndArray();
            json.WriteString("session_id", sessionId);
            json.WriteString("status", "ok");
            json.WriteNumber("total", subjects.Count);
            json.WriteEndObject();
        });
    }, cancellationToken);

    /// <summary>Which properties there are, of which type and on how many profiles; the most frequent first.</summary>
    public Task<IResult> PropertiesAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var limit = question.Limit(DefaultProperties);
        var counts = new Dictionary<string, (string Type, int Count)>(StringComparer.Ordinal);
        foreach (var subject in await AllAsync(question, cancellationToken))
        {
            foreach (var (name, value) in subject.Profile.Properties)
                counts[name] = counts.TryGetValue(name, out var known) ? (known.Type, known.Count + 1) : (TypeOf(value.Kind), 1);
        }
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "ok");
            json.WriteStartObject("results");
            foreach (var (name, (type, count)) in counts.OrderByDescending(entry => entry.Value.Count).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(limit))
            {
                json.WriteStartObject(name);
                json.WriteString("type", type);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }, cancellationToken);

    /// <summary>One figure over the profiles that meet a condition.</summary>
    /// <remarks>Source: Mixpanel's query API reference, "Query Profiles", stats; the condition is called <c>selector</c> here.</remarks>
    public Task<IResult> StatsAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        Refuse(question.Parameters, "behaviors", "filter_by_cohort", "segment_by_cohorts");
        var figure = EngageFigure.Read(question.Parameters.Required("action"));
        var subjects = await FindAsync(question, cancellationToken);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("results");
            figure.Write(json, subjects);
            json.WriteString("status", "ok");
            json.WriteString("computed_at", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        });
    }, cancellationToken);

    async Task<IReadOnlyList<EngageSubject>> FindAsync(MixpanelQuestion question, CancellationToken cancellationToken)
    {
        var parameters = question.Parameters;
        var where = question.Condition("where") ?? question.Condition("selector");
        var filter = where is null ? null : CompiledExpression.Compile(where);
        var search = parameters["search"];
        var found = (await AllAsync(question, cancellationToken))
            .Where(subject => (filter is null || subject.Evaluate(filter).IsTrue) && (search is null || subject.IsFoundBy(search)))
            .OrderBy(subject => subject.Id, StringComparer.Ordinal)
            .ToList();
        if (question.Breakdown("sort_key") is { } key) found = Sort(found, CompiledExpression.Compile(key), parameters["sort_order"]);
        return parameters["limit"] is null ? found : [.. found.Take(parameters.Whole("limit", 1, int.MaxValue, int.MaxValue))];
    }

    /// <summary>All that the query may be about, before any condition.</summary>
    async Task<IEnumerable<EngageSubject>> AllAsync(MixpanelQuestion question, CancellationToken cancellationToken)
    {
        var ids = question.Parameters.Texts("distinct_ids") ?? question.Parameters.Texts("distinct_id");
        if (question.Parameters["data_group_id"] is { } type)
        {
            var groups = await source.OpenGroupsAsync(question.Project, cancellationToken);
            var named = ids ?? [.. groups.Groups.Where(group => group.Type == type).Select(group => group.Id)];
            return named.Distinct(StringComparer.Ordinal).Select(id => Subject(id, groups.Current(type, id))).OfType<EngageSubject>();
        }
        var people = await source.OpenAsync(question.Project, withProfiles: true, cancellationToken);
        var persons = ids?.Select(people.Persons.PersonOf) ?? people.Profiles!.Persons;
        return persons.Distinct(StringComparer.Ordinal).Select(person => Subject(person, people.Profiles!.Current(person))).OfType<EngageSubject>();
    }

    static EngageSubject? Subject(string id, Model.Profiles.Profile? profile) => profile is null ? null : new(id, profile);

    static List<EngageSubject> Sort(List<EngageSubject> subjects, CompiledExpression key, string? order)
    {
        // Numbers, then texts, then the rest; within ties the order of ids stays. Who lacks the value comes last either way.
        var keyed = subjects.ConvertAll(subject => (Subject: subject, Key: subject.Evaluate(key)));
        var missing = keyed.Where(entry => entry.Key.IsMissing);
        var present = keyed.Where(entry => !entry.Key.IsMissing);
        var isDescending = order?.StartsWith("desc", StringComparison.OrdinalIgnoreCase) == true;
        var sorted = isDescending ? present.OrderByDescending(entry => entry.Key, ValueOrder.Instance) : present.OrderBy(entry => entry.Key, ValueOrder.Instance);
        return [.. sorted.Concat(missing).Select(entry => entry.Subject)];
    }

    static void Write(Utf8JsonWriter json, EngageSubject subject, HashSet<string>? wanted)
    {
        json.WriteStartObject();
        json.WriteString("$distinct_id", subject.Id);
        json.WriteStartObject("$properties");
        foreach (var (name, value) in subject.Profile.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            if (wanted?.Contains(name) == false) continue;
            json.WritePropertyName(name);
            json.WriteRawValue(value.Json.Span, skipInputValidation: true);
        }
        if (wanted?.Contains(EngageSubject.LastSeen) != false && subject.Profile[EngageSubject.LastSeen] is null) json.WriteString(EngageSubject.LastSeen, subject.LastSeenText);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static string TypeOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "object",
        _ => "string",
    };

    static void Refuse(MixpanelParameters parameters, params string[] names)
    {
        foreach (var name in names)
            if (parameters[name] is not null) throw new MixpanelParameterException(name, "can't be asked here");
    }

    sealed class ValueOrder : IComparer<Value>
    {
        public static readonly ValueOrder Instance = new();

        public int Compare(Value x, Value y) => x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : x.Kind switch
        {
            ValueKind.Number => x.Number.CompareTo(y.Number),
            ValueKind.Text => string.CompareOrdinal(x.Text, y.Text),
            ValueKind.Boolean => x.Boolean.CompareTo(y.Boolean),
            ValueKind.DateTime => x.UnixMs.CompareTo(y.UnixMs),
            _ => 0,
        };
    }
}
