namespace Cairn.Query.Filters;

/// <summary>Which property, of whom, and as of when.</summary>
/// <param name="Name">The property's own name, as sent.</param>
/// <param name="GroupKey">Of a group's property: which key's groups.</param>
public sealed record PropertyReference(PropertyScope Scope, string Name, string? GroupKey = null)
{
    /// <summary>As our own API spells it: <c>event.plan</c>, <c>user.plan</c>, <c>user.plan@event</c>, <c>group.company</c>, <c>group.company.plan</c>, <c>group.company.plan@event</c>, <c>cohort.123456789</c>.</summary>
    public override string ToString() => Scope switch
    {
        PropertyScope.Event => $"event.{Name}",
        PropertyScope.EventField => $"field.{Name}",
        PropertyScope.User => $"user.{Name}",
        PropertyScope.UserAtEvent => $"user.{Name}@event",
        PropertyScope.Group => $"group.{Name}",
        PropertyScope.GroupProfile => $"group.{GroupKey}.{Name}",
        PropertyScope.GroupProfileAtEvent => $"group.{GroupKey}.{Name}@event",
        PropertyScope.Cohort => $"cohort.{Name}",
    };
}

/// <summary>Whose property it is.</summary>
public enum PropertyScope
{
    /// <summary>A property that the event carries.</summary>
    Event,

    /// <summary>What every event has beside its properties: name, time, ids (see <see cref="EventField"/>).</summary>
    EventField,

    /// <summary>The person's property now, with all updates received so far.</summary>
    User,

    /// <summary>The person's property as it was known when the event was received.</summary>
    UserAtEvent,

    /// <summary>The group's id under this group key.</summary>
    Group,

    /// <summary>The property, now, of the group that the event has under a group key; of several groups a list.</summary>
    GroupProfile,

    /// <summary>Likewise, as it was known when the event was received.</summary>
    GroupProfileAtEvent,

    /// <summary>Whether the person is in the saved cohort of this id, as of now: true or false.</summary>
    Cohort,
}
