using IncidentDesk.Web;
using IncidentDesk.Web.Api;
using IncidentDesk.Web.Pages;

args = Startup.Demonstration(args, out var demonstration);
var builder = WebApplication.CreateSlimBuilder(args);
if (builder.AddDesk(args) is { } refused)
{
    return Startup.Say(refused);
}

builder.AddDeskPages();
var app = builder.Build();
if (await app.Unready(demonstration) is { } exitCode)
{
    return exitCode;
}
app.UseGateway();
app.UseDeskPages();
app.UseDeskApi();
app.MapIncidents();
app.MapRequests();
app.MapAlerts();
app.MapReports();
app.MapLedgers();
app.MapAccounts();
app.MapPeople();
app.MapReference();
app.MapHealth();
return await app.Serve();
