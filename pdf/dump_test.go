package pdf
import ("testing";"os")
func TestDump(t *testing.T){
 w:=func(n string,f func(*os.File)(Report,error)){ fh,_:=os.Create("/tmp/pdfw/"+n+".pdf"); rep,err:=f(fh); fh.Close(); t.Log(n,rep,err)}
 w("r1",func(f *os.File)(Report,error){return WriteReceipt(f,receiptEN(1))})
 w("r12",func(f *os.File)(Report,error){return WriteReceipt(f,receiptEN(12))})
 w("r60",func(f *os.File)(Report,error){return WriteReceipt(f,receiptEN(60))})
 w("de3",func(f *os.File)(Report,error){return WriteOrderSummary(f,summaryDE(3))})
 w("foreign",func(f *os.File)(Report,error){return WriteReceipt(f,foreign())})
 w("foreign2",func(f *os.File)(Report,error){return WriteReceipt(f,foreign())})
}
