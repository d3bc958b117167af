using Cairn.Query.Filters;
using Cairn.Query.Scanning;

namespace Cairn.Query.Rows;

/// <summary>What an expression reads, of one event that is looked at by itself.</summary>
/// <remarks>Reports judge whole columns instead: <see cref="PropertyInput"/>. Both give the same value, which a test compares.</remarks>
static class EventValues
{
    public static Value Of(EventRow row, PropertyReference property) => property.Scope switch
    {
        PropertyScope.Event => row.PropertyValue(property.Name),
        PropertyScope.Group => row.GroupValue(property.Name),
        PropertyScope.UserAtEvent => People.Of(row.ProfileAtEvent, property.Name),
        PropertyScope.User => People.Of(row.CurrentProfile, property.Name),
        PropertyScope.EventField => Field(row, property.Name),
        PropertyScope.GroupProfile or PropertyScope.GroupProfileAtEvent => throw new ArgumentOutOfRangeException(nameof(property), property, "what is known of a group is no value of an event"),
        PropertyScope.Cohort => throw new ArgumentOutOfRangeException(nameof(property), property, "who is in a cohort is no value of an event"),
    };

    static Value Field(EventRow row, string field) => field switch
    {
        EventField.Name => Value.Of(row.Name),
        EventField.Time => Value.Moment(row.TimeMs),
        EventField.TimeSeconds => Value.Of((double)Math.DivRem(row.TimeMs, 1000).Quotient),
        EventField.ReceivedAt => Value.Moment(row.ReceivedAtMs),
        EventField.Person => Text(row.Person),
        EventField.DistinctId => Text(row.DistinctId),
        EventField.DeviceId => Text(row.DeviceId),
        EventField.UserId => Text(row.UserId),
        EventField.InsertId => Text(row.InsertId),
        EventField.SessionId => Text(row.SessionId),
        EventField.Sdk => Text(row.Sdk),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no event field"),
    };

    static Value Text(string? text) => text is null ? Value.Undefined : Value.Of(text);
}
