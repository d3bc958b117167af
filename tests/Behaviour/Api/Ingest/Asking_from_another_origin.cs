using Cairn.Api.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

public class Asking_from_another_origin
{
    [Fact]
    public void Echoes_the_origin_and_allows_credentials()
    {
        var http = Request("POST", "https://shop.example.com");
        Assert.False(Cors.TryAnswerPreflight(http));
        var headers = http.Response.Headers;
        Assert.Equal("https://shop.example.com", headers.AccessControlAllowOrigin);
        Assert.Equal("true", headers.AccessControlAllowCredentials);
        Assert.Equal("Retry-After", headers.AccessControlExposeHeaders);
        Assert.Equal("Origin", headers.Vary);
    }

    [Fact]
    public void Answers_a_preflight_with_what_it_asks_for()
    {
        var http = Request("OPTIONS", "https://shop.example.com");
        http.Request.Headers.AccessControlRequestHeaders = "authorization,traceparent,x-custom";
        Assert.True(Cors.TryAnswerPreflight(http));
        Assert.Equal(204, http.Response.StatusCode);
        Assert.Equal("authorization,traceparent,x-custom", http.Response.Headers.AccessControlAllowHeaders);
        Assert.Equal("GET, POST, PUT, OPTIONS", http.Response.Headers.AccessControlAllowMethods);
        Assert.Equal("86400", http.Response.Headers.AccessControlMaxAge);
    }

    [Fact]
    public void Says_nothing_to_a_server_that_names_no_origin()
    {
        var http = Request("POST", null);
        Cors.Apply(http);
        Assert.Empty(http.Response.Headers);
    }

    static DefaultHttpContext Request(string method, string? origin)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        if (origin is not null) http.Request.Headers.Origin = origin;
        return http;
    }
}
