using System.Globalization;
using System.Reflection;
using Cairn.Functions;
using Cairn.Support;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.BadInput;

/// <summary>Replays the vendors' rows of docs/wire/bad-input.md through the real stages.</summary>
public class The_page_about_bad_input
{
    public static TheoryData<string, string, int, string, int> Rows()
    {
        var data = new TheoryData<string, string, int, string, int>();
        foreach (var row in DocTable.Rows("docs/wire/bad-input.md", "| endpoint | input | status | the answer holds | stored |"))
            data.Add(row[0], row[1], Number(row[2]), row[3], Number(row[4]));
        return data;
    }

    [Fact]
    public void Has_rows_for_every_endpoint() =>
        Assert.Equal(BadInputServer.Mixpanel.Concat(BadInputServer.Others).Order(), Rows().Select(row => ((string)row[0]).Split('?')[0]).Distinct().Order());

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Says_what_is_answered(string endpoint, string input, int status, string holds, int stored)
    {
        if (input == "wrong method")
        {
            // Routing answers 404 for a method that no function has.
            Assert.DoesNotContain("put", MethodsOf(endpoint));
            Assert.DoesNotContain("get", MethodsOf(endpoint));
            return;
        }
        var (answer, storedCount) = await BadInputServer.SendAsync(endpoint, input);
        Assert.True(status == answer.Status, $"{answer.Status} {answer.Text}");
        // One character is the whole answer; of a longer one the page tells a part.
        if (holds.Length == 1) Assert.Equal(holds, answer.Text);
        else Assert.Contains(holds, answer.Text, StringComparison.Ordinal);
        Assert.Equal(stored, storedCount);
    }

    static string[] MethodsOf(string endpoint)
    {
        var route = endpoint == "/v1/batch" ? "v1/{call}" : endpoint[1..];
        return typeof(AmplitudeIngest).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .Single(trigger => trigger?.Route == route)!.Methods!;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
