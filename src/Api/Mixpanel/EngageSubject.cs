using System.Globalization;
using Cairn.Model.Profiles;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;

namespace Cairn.Api.Mixpanel;

/// <summary>One person or group that a profile query is about.</summary>
/// <param name="Id">The canonical id, or the group's id.</param>
sealed record EngageSubject(string Id, Profile Profile)
{
    /// <summary>When the profile last changed: not a property that anybody sets. Source: Mixpanel docs, "Default Properties", Updated at.</summary>
    public const string LastSeen = "$last_seen";

    /// <summary>As Mixpanel writes it: to the second, UTC, without a zone.</summary>
    public string LastSeenText => DateTimeOffset.FromUnixTimeMilliseconds(Profile.UpdatedAtMs).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>What an expression over profiles comes to here.</summary>
    public Value Evaluate(CompiledExpression expression)
    {
        var inputs = new Value[expression.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = Read(expression.Inputs[i]);
        return expression.Evaluate(inputs);
    }

    /// <summary>Whether a text occurs in the id or in what people are called by, regardless of case.</summary>
    public bool IsFoundBy(string text) => Contains(Id, text)
        || ((string[])["$name", "$first_name", "$last_name", "$email"]).Any(name => Profile[name] is { } value && Contains(value.Text, text));

    static bool Contains(string within, string text) => within.Contains(text, StringComparison.OrdinalIgnoreCase);

    // In a profile query properties["time"] is a property called time, for there is no event.
    Value Read(PropertyReference reference) => reference switch
    {
        { Scope: PropertyScope.Cohort } => throw new ExpressionException("a question about profiles can't name cohorts", 1),
        { Scope: PropertyScope.GroupProfile or PropertyScope.GroupProfileAtEvent } => throw new ExpressionException("a question about profiles can't name the groups of an event", 1),
        { Scope: not PropertyScope.EventField } => Named(reference.Name),
        { Name: EventField.Person or EventField.DistinctId } => Value.Of(Id),
        { Name: EventField.TimeSeconds } => Named("time"),
        { Name: EventField.Time } => Named("$time"),
        { Name: EventField.DeviceId } => Named("$device_id"),
        { Name: EventField.UserId } => Named("$user_id"),
        { Name: EventField.InsertId } => Named("$insert_id"),
        { Name: EventField.Name } => Named("$event_name"),
        _ => Named(reference.Name),
    };

    Value Named(string name)
    {
        var value = People.Of(Profile, name);
        return value.IsMissing && name == LastSeen ? Value.Of(LastSeenText) : value;
    }
}
