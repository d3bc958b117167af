using System.Globalization;
using Cairn.Query.ClickHouse;
using Microsoft.Extensions.Configuration;

namespace Cairn.Api;

/// <summary>The settings <c>QueryEngine__…</c>: who answers reports, for the deployment and for single projects. docs/operations/clickhouse.md.</summary>
/// <remarks>A project's own stand under <c>QueryEngine__Projects__{project}__…</c>; what it leaves out is as for the deployment.</remarks>
static class QueryEngineSettings
{
    const string Section = "QueryEngine", Projects = "Projects", BuiltIn = "builtin", ClickHouse = "clickhouse";

    /// <summary>Seconds that a report may take at most: the host ends a request after 230.</summary>
    const int MaxSeconds = 220;

    /// <exception cref="FormatException">A setting says what can't be; the message names it.</exception>
    public static ClickHouseServers Read(IConfiguration? settings)
    {
        if (settings is null) return ClickHouseServers.None;
        var projects = settings.GetSection($"{Section}:{Projects}").GetChildren();
        return new(Read(settings, Section, ""), projects.ToDictionary(project => project.Key, project => Read(settings, $"{Section}:{Projects}:{project.Key}", Section), StringComparer.Ordinal));
    }

    static ClickHouseOptions? Read(IConfiguration settings, string section, string otherwise)
    {
        string? Find(string name) => settings[$"{section}:{name}"] is { Length: > 0 } text ? text : otherwise.Length > 0 && settings[$"{otherwise}:{name}"] is { Length: > 0 } common ? common : null;
        switch (Find("Kind") ?? BuiltIn)
        {
            case BuiltIn: return null;
            case ClickHouse: break;
            case var other: throw Wrong("Kind", other, $"'{BuiltIn}' or '{ClickHouse}'");
        }
        var url = Find("Url");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) throw Wrong("Url", url, "an address such as https://clickhouse.example.com:8443/");
        var text = Find("TimeoutSeconds");
        var seconds = ClickHouseOptions.UsualSeconds;
        if (text is not null && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is > 0 and <= MaxSeconds)) throw Wrong("TimeoutSeconds", text, $"1 to {MaxSeconds}");
        var fallsBack = Find("FallsBack") switch { null or "true" => true, "false" => false, var other => throw Wrong("FallsBack", other, "'true' or 'false'") };
        return new(address, Find("User") ?? "default", Find("Password") ?? "", LakeOf(), fallsBack) { Timeout = TimeSpan.FromSeconds(seconds) };

        ClickHouseLake LakeOf()
        {
            if (Find("LakeFolder") is { } folder) return new ClickHouseLake.Folder(folder);
            if (Find("LakeConnection") is not { } connection) throw Wrong("LakeConnection", null, "a connection string of the lake's storage account, or LakeFolder");
            return new ClickHouseLake.Azure(connection, Find("LakeContainer") ?? "cairn", Find("Cluster"));
        }

        FormatException Wrong(string name, string? value, string valid) => new($"The setting {section.Replace(":", "__", StringComparison.Ordinal)}__{name} is '{value}': give {valid}");
    }
}
