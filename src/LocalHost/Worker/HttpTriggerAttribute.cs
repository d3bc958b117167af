using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which key the Functions host asks of a caller.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker.Extensions.Http, same numbers.</remarks>
public enum AuthorizationLevel
{
    /// <summary>None: the function checks by itself.</summary>
    Anonymous = 0,

    /// <summary>A signed-in user.</summary>
    User = 1,

    /// <summary>The function's or the host's key.</summary>
    Function = 2,

    /// <summary>A key of the platform.</summary>
    System = 3,

    /// <summary>The master key.</summary>
    Admin = 4,
}

/// <summary>Runs a function for HTTP requests.</summary>
/// <remarks>
/// Source: Microsoft.Azure.Functions.Worker.Extensions.Http. The constructors without a level are left out: one of them
/// means <see cref="AuthorizationLevel.Function"/>, the other <see cref="AuthorizationLevel.Anonymous"/>, which misleads.
/// </remarks>
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : TriggerBindingAttribute
{
    /// <summary>An ASP.NET Core route template below the host's route prefix; null for the function's name.</summary>
    public string? Route { get; set; }

    /// <summary>Methods it answers, any case; empty for all.</summary>
    public string[]? Methods { get; private set; } = methods;

    /// <summary>Which key is asked for.</summary>
    public AuthorizationLevel AuthLevel { get; private set; } = authLevel;
}
