using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Cairn.LocalHost.Hosting;

/// <summary>Puts settings in the place of <c>%Name%</c> in a trigger's attribute, as the Functions host does.</summary>
static partial class SettingNames
{
    /// <exception cref="InvalidOperationException">There is no such setting.</exception>
    public static string Resolve(string text, IConfiguration settings) =>
        Placeholder().Replace(text, found => settings[found.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new InvalidOperationException($"no setting {found.Groups[1].Value}, asked for by a trigger"));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();
}
